package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerModel;

import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A stop announces itself, and aborts no request within the grace. */
@SameWithoutLoops
public interface DrainContract extends GateContract {
    /** The grace in the tests of requests that outlast it. */
    Duration GRACE = Duration.ofMillis(300);

    /** A stop is over two seconds after the grace; the rest is for a machine that is busy. */
    Duration LONGEST_STOP = GRACE.plusSeconds(2).plusSeconds(3);

    /** How many are inside in {@link #nobodyInsideIsCutOff}. */
    int INSIDE = Integer.getInteger("treadle.tck.drained", 100);

    @EachModel
    default void aStopSaysSoAndGoesOnTakingRequestsForAWhile(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 4)
                                .readyPath("/-/ready")
                                .drainDelay(Duration.ofSeconds(60))
                                .build());
        Client kept = run.connect();
        assertThat(kept.get("/hello").status()).isEqualTo(200);
        assertThat(kept.toldToLeave()).isFalse();
        Client inside = run.connect().sendGet("/hold");
        run.untilInside(1);
        CompletableFuture<Boolean> leaving =
                run.later(() -> {
                    run.workers().prepareStop();
                    return true;
                });
        run.until("it says so", () -> !run.gate().ready());
        assertThat(leaving).isNotDone();
        assertAnswersAnew(run, "/-/ready", 503);
        assertAnswersAnew(run, "/hello", 200);
        assertAnswersAnew(run, "/big?bytes=100000", 200);
        assertAnswersAnew(run, "/async/start", 200);
        assertAnswersAnew(run, "/missing", 404);
        if (!run.protocol().isHttp2()) {
            // an idle connection of HTTP/1.1 is told with its next answer; GOAWAY needs no answer
            assertThat(kept.get("/hello").text()).isEqualTo("hello");
        }
        run.until("a kept connection is told to leave", kept::toldToLeave);
        run.probe().letGo();
        assertThat(inside.read().text()).isEqualTo("held");
        run.until("a connection with a request inside is told to leave", inside::toldToLeave);
        run.workers().resume();
        assertThat(TckRun.result(leaving)).isTrue();
        Client again = run.connect();
        assertThat(again.get("/-/ready").status()).isEqualTo(200);
        assertThat(again.get("/hello").text()).isEqualTo("hello");
        assertThat(again.toldToLeave()).isFalse();
        run.workers().switchTo(GateContract.settings(model, 4).build()); // without that delay
    }

    /**
     * A new connection has its request answered during the delay of a stop, and is told to leave.
     * One that is opened at the very moment when all are told may be told before its request. A
     * client of HTTP/2 then sends nothing, and opens another connection.
     */
    private static void assertAnswersAnew(TckRun run, String path, int status) throws IOException {
        while (true) {
            Client client = run.connect();
            try {
                assertThat(client.get(path).status()).isEqualTo(status);
                run.until("told to leave, by " + path, client::toldToLeave);
                return;
            } catch (CutOffException notSent) {
                assertThat(client.toldToLeave()).isTrue();
                assertThat(run.protocol().isHttp2()).isTrue();
            }
        }
    }

    @EachModel
    @Timeout(value = 1, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    default void nobodyInsideIsCutOff(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, INSIDE).build());
        List<CompletableFuture<Client.Answer>> answers = new ArrayList<>();
        for (int i = 0; i < INSIDE; i++) {
            answers.add(run.getLater("/hold"));
        }
        run.untilInside(INSIDE);
        CompletableFuture<Boolean> stopped =
                run.later(() -> {
                    run.shutDown();
                    return true;
                });
        run.until("draining", () -> run.gate().draining());
        run.probe().letGo();
        for (CompletableFuture<Client.Answer> answer : answers) {
            assertThat(TckRun.result(answer).text()).isEqualTo("held");
        }
        assertThat(TckRun.result(stopped)).isTrue();
    }

    @EachModel
    default void whoWaitsForALimitFinishesToo(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 4)
                                .queueTimeout(Duration.ofSeconds(60))
                                .limit("/hold", 1, 5, Duration.ofSeconds(60))
                                .build());
        List<CompletableFuture<Client.Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            answers.add(run.getLater("/hold"));
        }
        run.until(
                "two wait for the limit",
                () -> run.workers().stats().limits().getFirst().queue().waiting() == 2);
        CompletableFuture<Boolean> stopped =
                run.later(() -> {
                    run.shutDown();
                    return true;
                });
        run.until("draining", () -> run.gate().draining());
        run.probe().letGo();
        for (CompletableFuture<Client.Answer> answer : answers) {
            assertThat(TckRun.result(answer).text()).isEqualTo("held");
        }
        assertThat(TckRun.result(stopped)).isTrue();
    }

    @EachModel
    default void aStalledBodyDoesNotProlongAStop(WorkerModel model) throws Exception {
        assertStopEnds(
                model,
                "a stalled body",
                run -> {
                    run.connect().sendPost("/upload", 1_000).sendBody("begin");
                    run.until("the beginning is read", () -> run.probe().bytesRead() == 5);
                });
    }

    @EachModel
    default void aRequestThatIgnoresItsInterruptDoesNotProlongAStop(WorkerModel model)
            throws Exception {
        assertStopEnds(
                model,
                "ignores its interrupt",
                run -> {
                    run.connect().sendGet("/stuck/ignores");
                    run.until("inside", () -> run.gate().active() == 1);
                });
    }

    /** The beginning of a request that outlasts the grace. */
    @FunctionalInterface
    interface Beginning {
        void of(TckRun run) throws Exception;
    }

    /** Asserts that a stop is over soon after the grace, although this request goes on. */
    default void assertStopEnds(WorkerModel model, String what, Beginning request)
            throws Exception {
        TckRun run = start(GateContract.settings(model, 4).drain(GRACE).build());
        run.expectWarning("still ran after the grace");
        run.expectWarning("interrupt");
        run.expectWarning("Interrupted");
        run.expectWarning("Couldn't stop Thread"); // Jetty, of a selector that carries a hub
        request.of(run);
        long start = System.nanoTime();
        TckRun.result(
                run.later(() -> {
                    run.shutDown();
                    return true;
                }));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).as(what).isLessThan(LONGEST_STOP);
        run.probe().letGo();
        run.until("it has ended", () -> run.workers().stats().engine().tasks() == 0);
        run.untilIdle();
    }
}
