package dev.treadle.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;

import dev.treadle.it.standalone.ServerProcess;

import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/**
 * The agent beside that of OpenTelemetry, which rewrites classes of the containers too. The order
 * of the two options is the order in which they rewrite.
 */
class OpenTelemetryTest {
    private static final int MANY = 1_000;
    private static final int FIRST = 100_000;
    private static final int SIGTERM = 143;

    @TempDir Path directory;

    /** The order of the two options. */
    enum Order {
        TREADLE_FIRST,
        OPENTELEMETRY_FIRST
    }

    /**
     * Tomcat in both orders, and with {@code -Dtreadle.boot.matrix=full} Jetty and Undertow in one
     * each: a start of Boot with OpenTelemetry takes half a minute of processor time.
     */
    static List<Arguments> ways() {
        List<Arguments> ways = new ArrayList<>();
        for (Order order : Order.values()) {
            ways.add(Arguments.of(4, "tomcat", order));
        }
        if ("full".equals(System.getProperty("treadle.boot.matrix"))) {
            ways.add(Arguments.of(4, "jetty", Order.OPENTELEMETRY_FIRST));
            ways.add(Arguments.of(3, "undertow", Order.TREADLE_FIRST));
        }
        return ways;
    }

    private ServerProcess start(Path jar, Order order, SpanReceiver receiver, ThirdParty third)
            throws Exception {
        List<String> options = new ArrayList<>();
        options.add(Agents.option(Agents.THOUSAND));
        options.add("-javaagent:" + Line.jars("opentelemetry"));
        if (order == Order.OPENTELEMETRY_FIRST) {
            Collections.reverse(options);
        }
        options.addAll(
                List.of(
                        "-Dotel.traces.exporter=otlp",
                        "-Dotel.exporter.otlp.protocol=http/protobuf",
                        "-Dotel.exporter.otlp.endpoint=" + receiver.endpoint(),
                        "-Dotel.metrics.exporter=none",
                        "-Dotel.logs.exporter=none",
                        // one that is full drops spans
                        "-Dotel.bsp.max.queue.size=20000",
                        "-jar",
                        jar.toString(),
                        "--server.port=0",
                        "--app.third-party=" + third.url()));
        return Agents.java(directory, Map.of(), options);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void eachOfAThousandTracesHasItsOwnTwoSpans(int boot, String container, Order order)
            throws Exception {
        Path jar = directory.resolve("app.jar");
        PlainJar.write(BootApplication.executable(boot, container), jar);
        // the third party answers when all have asked: all spans are open at once
        CountDownLatch asked = new CountDownLatch(MANY);
        Map<String, String> parents = new ConcurrentHashMap<>();
        try (SpanReceiver receiver = new SpanReceiver();
                ThirdParty third =
                        new ThirdParty(exchange -> {
                            parents.put(
                                    exchange.getRequestURI().getQuery(),
                                    String.valueOf(
                                            exchange.getRequestHeaders().getFirst("traceparent")));
                            asked.countDown();
                            asked.await();
                        });
                ServerProcess application = start(jar, order, receiver, third)) {
            int port = BootApplication.port(application);
            Clients.Burst burst =
                    Clients.burst(port, MANY, client -> "/checkout?ms=" + (FIRST + client));
            assertThat(burst.answers())
                    .hasSize(MANY)
                    .allSatisfy(answer ->
                            assertThat(answer).startsWith("HTTP/1.1 200").contains("paid"));
            application.await("all spans", () -> receiver.spans().size() >= 2 * MANY);
            application.terminate(); // which sends what may be left
            assertThat(application.exitCode()).isEqualTo(SIGTERM);

            assertThat(application.log())
                    .containsOnlyOnce("gevent 1000 on ")
                    .contains("by the agent")
                    .contains("opentelemetry-javaagent - version");
            // the application and the agent of OpenTelemetry have some of their own
            assertThat(Agents.warnings(application)).noneMatch(line -> line.contains("readle"));
            Map<ByteString, List<Span>> traces =
                    receiver.spans().stream().collect(Collectors.groupingBy(Span::getTraceId));
            assertThat(traces).hasSize(MANY);
            assertThat(traces.values().stream().map(trace -> query(trace, parents)))
                    .doesNotHaveDuplicates();
        }
    }

    /**
     * Asserts that a trace has a span of the request and one of its call, and no other.
     *
     * @param parents what the third party was told as the parent, by query
     * @return the query, which only this request had
     */
    private static String query(List<Span> trace, Map<String, String> parents) {
        assertThat(trace)
                .extracting(Span::getKind)
                .containsExactlyInAnyOrder(SpanKind.SPAN_KIND_SERVER, SpanKind.SPAN_KIND_CLIENT);
        boolean inOrder = trace.get(0).getKind() == SpanKind.SPAN_KIND_SERVER;
        Span request = trace.get(inOrder ? 0 : 1);
        Span call = trace.get(inOrder ? 1 : 0);

        assertThat(request.getParentSpanId().isEmpty()).isTrue();
        assertThat(call.getParentSpanId()).isEqualTo(request.getSpanId());
        assertThat(attribute(request, "url.path")).isEqualTo("/checkout");
        String query = attribute(request, "url.query");
        assertThat(query).matches("ms=\\d{6}");
        assertThat(attribute(call, "url.full")).endsWith("/pay?" + query);
        assertThat(parents.get(query))
                .isEqualTo("00-" + hex(call.getTraceId()) + "-" + hex(call.getSpanId()) + "-01");
        return query;
    }

    private static String attribute(Span span, String key) {
        return span.getAttributesList().stream()
                .filter(each -> each.getKey().equals(key))
                .map(each -> each.getValue().getStringValue())
                .collect(Collectors.joining(","));
    }

    private static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }
}
