package dev.treadle.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerModel;
import dev.treadle.spi.ServerWorkers;
import dev.treadle.tck.EachModel;
import dev.treadle.tck.Http2Connection;
import dev.treadle.tck.RawClient;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** A stop lasts no longer than its grace and two seconds, even if requests inside do not end. */
class StopBoundTest {
    private static final Duration GRACE = Duration.ofMillis(500);

    /** The time that starting threads and closing files may take on a loaded machine. */
    private static final Duration MACHINE = Duration.ofMillis(1_500);

    private interface Load {
        void put(TestTomcat server, RawClient client, Http2Connection http2) throws Exception;
    }

    private static void assertBounded(WorkerModel model, Load load) throws Exception {
        AtomicBoolean letGo = new AtomicBoolean();
        TestTomcat server =
                new TestTomcat(TestTomcat.settings(model, 5).drain(GRACE).build())
                        .servlet(
                                "/computes",
                                (request, response) -> {
                                    while (!letGo.get()) {
                                        Thread.onSpinWait();
                                    }
                                })
                        .servlet(
                                "/reads",
                                (request, response) -> request.getInputStream().readAllBytes())
                        .servlet(
                                "/async", (request, response) -> request.startAsync().setTimeout(0))
                        .start();
        long took;
        try (RawClient client = new RawClient(server.port());
                Http2Connection http2 = Http2Connection.open(server.port(), false)) {
            load.put(server, client, http2);
            server.until("inside", () -> ServerWorkers.of(server.workers()).gate().active() == 1);
            long start = System.nanoTime();
            server.tomcat().stop();
            server.workers().close();
            took = System.nanoTime() - start;
            letGo.set(true);
        } finally {
            letGo.set(true);
            server.close();
        }
        System.out.println("stop on " + model + ": " + took / 1_000_000 + " ms");
        assertThat(Duration.ofNanos(took)).isLessThan(GRACE.plusSeconds(2).plus(MACHINE));
    }

    @EachModel
    void whileARequestComputes(WorkerModel model) throws Exception {
        assertBounded(model, (server, client, http2) -> client.sendGet("/computes"));
    }

    @EachModel
    void whileARequestReadsABodyThatStalls(WorkerModel model) throws Exception {
        assertBounded(
                model,
                (server, client, http2) ->
                        client.sendPost("/reads", "text/plain", 10).sendBody("abc"));
    }

    @EachModel
    void whileAStreamReadsABodyThatStalls(WorkerModel model) throws Exception {
        assertBounded(
                model,
                (server, client, http2) -> http2.post("/reads", 9_000).sendBody(new byte[3_000]));
    }

    @EachModel
    void whileAnAsynchronousRequestIsIdle(WorkerModel model) throws Exception {
        assertBounded(model, (server, client, http2) -> client.sendGet("/async"));
    }
}
