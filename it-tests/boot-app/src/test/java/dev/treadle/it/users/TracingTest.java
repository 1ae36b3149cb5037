package dev.treadle.it.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.treadle.Greenlet;
import dev.treadle.Greenlets;
import dev.treadle.Workers;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** Traces of requests: children belong to them, and they have the time in the queue. */
@ExtendWith(OutputCaptureExtension.class)
@SpringBootTest(
        classes = {Small.class, TracingTest.Traced.class},
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "treadle.gevent=1",
            "treadle.queue-timeout=60s",
            // of Boot 3, which would trace requests with a tracer of its own
            "spring.autoconfigure.exclude="
                    + "org.springframework.boot.actuate.autoconfigure.tracing.MicrometerTracingAutoConfiguration,"
                    + "org.springframework.boot.actuate.autoconfigure.tracing.NoopTracerAutoConfiguration,"
                    + "org.springframework.boot.actuate.autoconfigure.tracing.OpenTelemetryTracingAutoConfiguration"
        })
final class TracingTest {
    private static final AttributeKey<String> QUEUE_MILLIS =
            AttributeKey.stringKey("treadle.queue.ms");
    private static final long SOME_MILLIS = 20;

    @Autowired private Workers workers;
    @Autowired private InMemorySpanExporter spans;
    @Autowired private Page page;

    @Value("${local.server.port}")
    private int port;

    /** The tracer, in the words of Micrometer alone: Boot 3 and 4 have different starters. */
    @Configuration(proxyBeanMethods = false)
    static class Traced {
        @Bean
        InMemorySpanExporter spans() {
            return InMemorySpanExporter.create();
        }

        @Bean
        DefaultTracingObservationHandler tracing(InMemorySpanExporter exporter) {
            SdkTracerProvider provider =
                    SdkTracerProvider.builder()
                            .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                            .build();
            return new DefaultTracingObservationHandler(
                    new OtelTracer(
                            provider.get("test"), new OtelCurrentTraceContext(), event -> {}));
        }

        @Bean
        Page tracedPage(ObservationRegistry registry) {
            return new Page(registry);
        }
    }

    /** Pages that trace what they do. */
    @RestController
    static final class Page {
        private final ObservationRegistry registry;
        private final CountDownLatch held = new CountDownLatch(1);

        Page(ObservationRegistry registry) {
            this.registry = registry;
        }

        /** Three children, each with a span of its own; one of them has a child too. */
        @GetMapping("/family")
        String family() throws Exception {
            List<Greenlet<String>> children = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                String name = "child-" + i;
                children.add(Greenlets.spawn(() -> observed(name)));
            }
            children.add(
                    Greenlets.spawn(() -> Greenlets.spawn(() -> observed("grandchild")).get()));
            StringBuilder names = new StringBuilder();
            for (Greenlet<String> child : children) {
                names.append(child.get()).append(' ');
            }
            return names.toString();
        }

        private @Nullable String observed(String name) {
            return Observation.createNotStarted(name, registry)
                    .observe(() -> {
                        Greenlets.yield();
                        return name;
                    });
        }

        /** Waits until it is let go. */
        @GetMapping("/held")
        String held() throws InterruptedException {
            held.await();
            return "let go";
        }

        /** Answers at once. */
        @GetMapping("/quick")
        String quick() {
            return "quick";
        }
    }

    @BeforeEach
    void forget() {
        spans.reset();
    }

    private SpanData requestTo(String path) {
        await().until(() ->
                spans.getFinishedSpanItems().stream().anyMatch(span -> isTo(span, path)));
        return spans.getFinishedSpanItems().stream()
                .filter(span -> isTo(span, path))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isTo(SpanData span, String path) {
        return path.equals(span.getAttributes().get(AttributeKey.stringKey("uri")));
    }

    @Test
    void spansOfChildrenBelongToTheRequest(CapturedOutput log) throws Exception {
        try (Pages pages = new Pages(port)) {
            assertThat(pages.get("/family").body())
                    .isEqualTo("child-0 child-1 child-2 grandchild ");
        }
        SpanData request = requestTo("/family");
        assertThat(request.getParentSpanContext().isValid()).isFalse();
        List<SpanData> others =
                spans.getFinishedSpanItems().stream()
                        .filter(span -> span.getTraceId().equals(request.getTraceId()))
                        .filter(span -> span.getName().contains("child"))
                        .toList();
        assertThat(others)
                .extracting(SpanData::getName)
                .containsExactlyInAnyOrder("child-0", "child-1", "child-2", "grandchild");
        // the handler of Spring MVC may have a span of its own between both
        assertThat(others).extracting(SpanData::getParentSpanId).doesNotContain("0".repeat(16));
        Pages.assertNoWarningOfOurs(log);
    }

    @Test
    void spanOfARequestHasItsTimeInTheQueue() throws Exception {
        try (Pages pages = new Pages(port)) {
            CompletableFuture<HttpResponse<String>> held = pages.getLater("/held");
            await().until(() -> workers.stats().gate().active() == 1);
            CompletableFuture<HttpResponse<String>> queued = pages.getLater("/quick");
            await().until(() ->
                    workers.stats().gate().queue().longestWaiting().toMillis() >= SOME_MILLIS);
            page.held.countDown();
            assertThat(held.get().body()).isEqualTo("let go");
            assertThat(queued.get().body()).isEqualTo("quick");
        }
        assertThat(Long.parseLong(requestTo("/quick").getAttributes().get(QUEUE_MILLIS)))
                .isGreaterThanOrEqualTo(SOME_MILLIS);
        assertThat(requestTo("/held").getAttributes().get(QUEUE_MILLIS)).isNull();
    }
}
