package dev.treadle.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;
import dev.treadle.tck.Http2Connection;
import dev.treadle.tck.Http2Stream;
import dev.treadle.tck.RawClient;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Answers that are complete while their requests are not. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class AnswerBeforeBodyTest {
    private static final String POST =
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n123";

    private final WorkerSettings settings = WorkerSettings.builder().virtual(1).build();

    private static void answer(HttpServerExchange exchange) {
        exchange.getResponseSender().send("early");
    }

    /** The place is back before the connection is closed, and that it is. */
    private void assertPlaceIsBackAndTheConnectionEnds(RunningUndertow server) throws Exception {
        try (RawClient client = server.connect().send(POST);
                RawClient other = server.connect()) {
            long start = System.nanoTime();
            assertThat(client.read().text()).isEqualTo("early");
            await().until(() -> ServerWorkers.of(server.workers()).gate().active() == 0);
            assertThat(other.get("/").text()).isEqualTo("early");
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isLessThan(Duration.ofSeconds(RestOfBody.LONGEST_SECONDS));
            assertThat(client.readSome(new byte[1], 1)).isNegative();
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isGreaterThan(Duration.ofSeconds(RestOfBody.LONGEST_SECONDS - 1));
        }
    }

    @Test
    void aStalledBodyHoldsNoPlaceBehindTheAnswerOfABlockingHandler() throws Exception {
        try (RunningUndertow server =
                new RunningUndertow(settings, new BlockingHandler(AnswerBeforeBodyTest::answer))) {
            assertPlaceIsBackAndTheConnectionEnds(server);
        }
    }

    @Test
    void aStalledBodyHoldsNoPlaceBehindTheAnswerOfAPlainHandler() throws Exception {
        try (RunningUndertow server = new RunningUndertow(settings, AnswerBeforeBodyTest::answer)) {
            assertPlaceIsBackAndTheConnectionEnds(server);
        }
    }

    @Test
    void aBodyThatComesBehindItsAnswerLeavesTheConnectionUsable() throws Exception {
        try (RunningUndertow server =
                        new RunningUndertow(
                                settings, new BlockingHandler(AnswerBeforeBodyTest::answer));
                RawClient client = server.connect().send(POST)) {
            assertThat(client.read().text()).isEqualTo("early");
            client.send("4".repeat(997));
            assertThat(client.get("/").text()).isEqualTo("early");
        }
    }

    @Test
    void aStalledStreamHoldsNoPlaceAndItsConnectionStays() throws Exception {
        Undertow.Builder builder =
                Undertow.builder().setServerOption(UndertowOptions.ENABLE_HTTP2, true);
        try (RunningUndertow server =
                        new RunningUndertow(
                                settings,
                                new BlockingHandler(AnswerBeforeBodyTest::answer),
                                builder);
                Http2Connection client = Http2Connection.open(Ports.of(server.undertow()), false)) {
            Http2Stream stalled = client.post("/", 1_000);
            stalled.sendBody(new byte[3]);
            assertThat(stalled.read().text()).isEqualTo("early");
            await().until(() -> ServerWorkers.of(server.workers()).gate().active() == 0);
            assertThat(client.get("/").read().text()).isEqualTo("early");
            await().until(() -> stalled.resetCode() == 0);
            assertThat(client.get("/").read().text()).isEqualTo("early");
        }
    }
}
