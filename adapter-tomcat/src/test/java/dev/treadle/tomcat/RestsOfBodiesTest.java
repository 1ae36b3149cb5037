package dev.treadle.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerModel;
import dev.treadle.tck.RawClient;

import jakarta.servlet.AsyncContext;

import org.apache.catalina.connector.Connector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Answers that are complete before the bodies of their requests. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RestsOfBodiesTest {
    private static final String HALF_A_HEAD = "GET /early HTTP/1.1\r\nHo";

    private static String post(String path, int length) {
        return "POST "
                + path
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                + length
                + "\r\n\r\n123";
    }

    private static TestTomcat server() throws Exception {
        return new TestTomcat(TestTomcat.settings(WorkerModel.THREADS, 1).build())
                .servlet("/early", (request, response) -> response.getWriter().print("early"))
                .servlet(
                        "/async",
                        (request, response) -> {
                            AsyncContext async = request.startAsync();
                            async.start(() -> complete(async));
                        });
    }

    private static void complete(AsyncContext async) {
        try {
            async.getResponse().getWriter().print("early");
            async.complete();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Tomcat alone would wait for 60 s. */
    private static void assertTheConnectionEnds(RawClient connected, String path) throws Exception {
        try (RawClient client = connected.send(post(path, 1_000))) {
            long start = System.nanoTime();
            assertThat(client.read().text()).isEqualTo("early");
            assertThat(client.readSome(new byte[1], 1)).isNegative();
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(
                            Duration.ofSeconds(RestsOfBodies.LONGEST_SECONDS - 1),
                            Duration.ofSeconds(30));
        }
    }

    @Test
    void aStalledBodyEndsItsConnection() throws Exception {
        try (TestTomcat server = server().start()) {
            assertTheConnectionEnds(new RawClient(server.port()), "/early");
        }
    }

    @Test
    void aStalledBodyOfAnAsynchronousRequestEndsItsConnection() throws Exception {
        try (TestTomcat server = server().start()) {
            assertTheConnectionEnds(new RawClient(server.port()), "/async");
        }
    }

    @Test
    void aStalledBodyEndsItsConnectionOverTls() throws Exception {
        try (TestTomcat server = server()) {
            Connector tls = server.add(true);
            server.start();
            assertTheConnectionEnds(RawClient.overTls(tls.getLocalPort()), "/early");
        }
    }

    /** The time for the rest is not over for a connection that has become idle in between. */
    private static void assertUsable(String path) throws Exception {
        try (TestTomcat server = server().start();
                RawClient client = new RawClient(server.port())) {
            client.send(post(path, 100_000));
            assertThat(client.read().text()).isEqualTo("early");
            client.send("4".repeat(99_997) + HALF_A_HEAD);
            TimeUnit.SECONDS.sleep(RestsOfBodies.LONGEST_SECONDS + 1); // a client that pauses
            client.send("st: localhost\r\n\r\n");
            assertThat(client.read().text()).isEqualTo("early");
        }
    }

    @Test
    void aBodyThatComesBehindItsAnswerLeavesTheConnectionUsable() throws Exception {
        assertUsable("/early");
    }

    @Test
    void aBodyThatComesBehindAnAsynchronousAnswerLeavesTheConnectionUsable() throws Exception {
        assertUsable("/async");
    }
}
