package dev.treadle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class WorkersTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    private final LogRecords log = new LogRecords();
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);

    @AfterEach
    void closeLog() {
        letGo.countDown();
        log.close();
    }

    private static WorkerSettings.Builder settings(WorkerModel model, int n) {
        WorkerSettings.Builder builder = WorkerSettings.builder().drain(Duration.ZERO);
        return switch (model) {
            case THREADS -> builder.threads(n);
            case VIRTUAL -> builder.virtual(n);
            case GEVENT -> builder.gevent(n);
        };
    }

    /** Brings a request as an adapter does; it stays inside until it is let go or interrupted. */
    private Permit startRequest(Workers workers, String path) throws Exception {
        FutureTask<Permit> entering = new FutureTask<>(() -> workers.gate().enter("GET", path));
        CountDownLatch running = new CountDownLatch(1);
        workers.executor()
                .execute(() -> {
                    entering.run();
                    Permit permit = entering.resultNow();
                    permit.enterThread();
                    running.countDown();
                    try {
                        slowThirdParty();
                    } finally {
                        permit.leaveThread();
                        permit.release();
                    }
                });
        running.await();
        return entering.get();
    }

    private void slowThirdParty() {
        try {
            letGo.await();
        } catch (InterruptedException expected) {
            interrupted.countDown();
        }
    }

    @ParameterizedTest
    @EnumSource(WorkerModel.class)
    void closingTwiceIsHarmless(WorkerModel model) {
        Workers workers = Workers.open(settings(model, 2).build());

        workers.close();
        workers.close();

        assertThat(workers.executor().isShutdown()).isTrue();
        assertThat(workers.executor().isTerminated()).isTrue();
        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> workers.executor().execute(() -> {}));
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(workers::resume)
                .withMessageStartingWith("workers: closed (expected: open)");
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    void theContainerCannotEndTheExecutor() throws Exception {
        try (Workers workers = Workers.open(settings(WorkerModel.VIRTUAL, 2).build())) {
            workers.executor().shutdown();
            assertThat(workers.executor().shutdownNow()).isEmpty();
            workers.executor().close();

            assertThat(workers.executor().isShutdown()).isFalse();
            assertThat(workers.executor().submit(() -> 42).get()).isEqualTo(42);
        }
    }

    @Test
    void workersServeOneContainer() {
        try (Workers workers = Workers.open(settings(WorkerModel.VIRTUAL, 2).build())) {
            workers.installed("Tomcat 11");

            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> workers.installed("Jetty 12"))
                    .withMessageContainingAll(
                            "installed in Tomcat 11 already",
                            "expected: one container",
                            "Jetty 12");
        }
    }

    @Test
    void closedWorkersAreNotInstalled() {
        Workers workers = Workers.open(settings(WorkerModel.VIRTUAL, 2).build());
        workers.close();

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> workers.installed("Tomcat 11"))
                .withMessageStartingWith("workers: closed (expected: open)");
    }

    @Test
    void resourcesAreClosedLastInFirstOutEvenIfOneIsBroken() {
        Workers workers = Workers.open(settings(WorkerModel.VIRTUAL, 2).build());
        List<String> closed = new ArrayList<>();
        workers.closeWithThese(() -> closed.add("first"));
        workers.closeWithThese(() -> {
            throw new IllegalStateException("made up by a test");
        });
        workers.closeWithThese(() -> {
            closed.add("last");
            assertThat(workers.executor().isShutdown()).isFalse();
        });

        workers.close();

        assertThat(closed).containsExactly("last", "first");
        assertThat(log.warnings()).singleElement().asString().contains("could not be closed");
    }

    @ParameterizedTest
    @EnumSource(WorkerModel.class)
    void aRequestPastTheGraceIsInterruptedReportedAndLogged(WorkerModel model) throws Exception {
        try (Workers workers = Workers.open(settings(model, 2).build())) {
            Permit permit = startRequest(workers, "/slow");

            DrainReport report = workers.drain(Duration.ZERO);

            interrupted.await();
            assertThat(report.complete()).isFalse();
            assertThat(report.cutOff())
                    .singleElement()
                    .satisfies(request -> {
                        assertThat(request.method()).isEqualTo("GET");
                        assertThat(request.path()).isEqualTo("/slow");
                    });
            assertThat(permit.interrupted()).isTrue();
            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .contains("drain: 1 requests still ran after the grace of 0ms", "GET /slow");
            assertThat(workers.stats().draining()).isTrue();
            assertThat(workers.drain(LONG).complete()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(WorkerModel.class)
    void aRequestThatEndsWithinTheGraceIsLeftAlone(WorkerModel model) throws Exception {
        try (Workers workers = Workers.open(settings(model, 2).build())) {
            Permit permit = startRequest(workers, "/slow");
            FutureTask<DrainReport> draining = new FutureTask<>(() -> workers.drain(LONG));
            Thread.ofVirtual().start(draining);
            await().until(workers.gate()::draining);

            letGo.countDown();

            assertThat(draining.get().complete()).isTrue();
            assertThat(permit.interrupted()).isFalse();
            assertThat(workers.stats().completed()).isEqualTo(1);
            assertThat(log.warnings()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(WorkerModel.class)
    void whoIsStillInLineAfterTheGraceIsRefused(WorkerModel model) throws Exception {
        try (Workers workers = Workers.open(settings(model, 1).queue(1).build())) {
            startRequest(workers, "/inside");
            FutureTask<RefusedException.Reason> refused =
                    new FutureTask<>(() ->
                            catchThrowableOfType(
                                            RefusedException.class,
                                            () -> workers.gate().enter("GET", "/line"))
                                    .reason());
            workers.executor().execute(refused);
            await().until(() -> workers.gate().waiting() == 1);

            DrainReport report = workers.drain(Duration.ZERO);

            assertThat(refused.get()).isEqualTo(RefusedException.Reason.DRAINING);
            assertThat(report.cutOff()).extracting(RunningRequest::path).containsExactly("/inside");
            assertThat(workers.drain(LONG).complete()).isTrue();
        }
    }

    @Test
    void drainedWorkersTakeRequestsAgainAfterResume() throws Exception {
        try (Workers workers = Workers.open(settings(WorkerModel.VIRTUAL, 1).build())) {
            assertThat(workers.drain(LONG).complete()).isTrue();
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> workers.gate().enter("GET", "/"));

            workers.resume();

            workers.gate().enter("GET", "/").release();
            assertThat(workers.stats().draining()).isFalse();
        }
    }

    @Test
    void resumeEndsADrainThatWaitsAndInterruptsNobody() throws Exception {
        try (Workers workers = Workers.open(settings(WorkerModel.VIRTUAL, 1).build())) {
            Permit permit = workers.gate().enter("GET", "/");
            FutureTask<DrainReport> draining = new FutureTask<>(() -> workers.drain(LONG));
            Thread drainer = Thread.ofVirtual().start(draining);
            await().until(() -> drainer.getState() == Thread.State.TIMED_WAITING);

            workers.resume();

            assertThat(draining.get().complete()).isTrue();
            assertThat(permit.interrupted()).isFalse();
            permit.release();
        }
    }

    @ParameterizedTest
    @EnumSource(WorkerModel.class)
    void harakiriInterruptsARequestThatRunsTooLongAndLogsWhereItStood(WorkerModel model)
            throws Exception {
        WorkerSettings settings = settings(model, 2).harakiri(Duration.ofMillis(20)).build();
        try (Workers workers = Workers.open(settings)) {
            Permit permit = startRequest(workers, "/stuck");

            interrupted.await();
            await().until(() -> workers.stats().completed() == 1 && !log.warnings().isEmpty());

            assertThat(permit.interrupted()).isTrue();
            assertThat(workers.stats().harakiris()).isEqualTo(1);
            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .contains(
                            "harakiri: GET /stuck ",
                            "ran longer than 20ms",
                            " on " + model + " ",
                            "slowThirdParty")
                    .doesNotContain("\n");
        }
    }

    @Test
    void harakiriInterruptsARequestOnceAndNoOther() throws Exception {
        WorkerSettings settings =
                settings(WorkerModel.VIRTUAL, 2).harakiri(Duration.ofMillis(20)).build();
        try (Workers workers = Workers.open(settings)) {
            Permit deaf = workers.gate().enter("GET", "/deaf");
            await().until(deaf::interrupted);
            for (int i = 0; i < 100; i++) {
                workers.gate().enter("GET", "/quick").release();
            }
            startRequest(workers, "/stuck");
            interrupted.await();
            await().until(() -> log.warnings().size() == 2);

            assertThat(workers.stats().harakiris()).isEqualTo(2);
            assertThat(workers.gate().requests())
                    .extracting(RunningRequest::path)
                    .contains("/deaf");
            deaf.release();
        }
    }

    @Test
    void tasksThatIgnoreTheirInterruptAreNamedAtTheClose() throws Exception {
        Workers workers = Workers.open(settings(WorkerModel.VIRTUAL, 2).build());
        CountDownLatch begun = new CountDownLatch(1);
        workers.executor()
                .execute(() -> {
                    begun.countDown();
                    while (letGo.getCount() > 0) {
                        slowThirdParty();
                    }
                });
        begun.await();

        workers.close();

        assertThat(log.warnings())
                .singleElement()
                .asString()
                .contains(
                        "tasks that ignore their interrupt are left running on [treadle-virtual-");
    }

    private static String startLine(WorkerSettings settings, Consumer<Workers> adapter) {
        try (Workers workers = Workers.open(settings)) {
            adapter.accept(workers);
            return new Installation("Tomcat", "11.0.25", workers).startLine();
        }
    }

    @Test
    void theStartLineSaysWhatRuns() {
        String treadle = "Treadle " + Treadle.version() + ": ";
        WorkerSettings gevent = settings(WorkerModel.GEVENT, 1_000).hubs(1).build();
        assertThat(startLine(settings(WorkerModel.VIRTUAL, 5).build(), workers -> {}))
                .isEqualTo(treadle + "virtual 5, Tomcat 11.0.25");
        assertThat(startLine(gevent, workers -> {}))
                .isEqualTo(
                        treadle + "gevent 1000 on 1 hub (on threads of their own), Tomcat 11.0.25");
        assertThat(startLine(gevent, workers -> workers.hubsCarriedBy("Tomcat's pollers")))
                .isEqualTo(
                        treadle
                                + "gevent 1000 on 1 hub (carried by Tomcat's pollers), Tomcat 11.0.25");
        assertThat(startLine(gevent, workers -> workers.hubsNotCarried("Tomcat has no NIO")))
                .isEqualTo(
                        treadle
                                + "gevent 1000 on 1 hub (on threads of their own: Tomcat has no NIO), Tomcat 11.0.25");
        assertThat(
                        startLine(
                                settings(WorkerModel.GEVENT, 1_000).hubs(1).hubLoop(false).build(),
                                workers -> {}))
                .isEqualTo(
                        treadle
                                + "gevent 1000 on 1 hub (on threads of their own: hub-loop=off), Tomcat 11.0.25");
    }

    @Test
    void aLoopThatWasAskedForAndCannotBeHadIsAnError() {
        WorkerSettings settings = settings(WorkerModel.GEVENT, 10).hubLoop(true).build();
        try (Workers workers = Workers.open(settings)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> workers.hubsNotCarried("Tomcat has no NIO"))
                    .withMessage(
                            "code hub-loop: on (expected: off, or leave it out): Tomcat has no NIO,"
                                    + " so the hubs cannot be carried by its event loops");
        }
    }

    @Test
    void loopsGetTheHubsOfGeventOnly() {
        try (Workers workers = Workers.open(settings(WorkerModel.GEVENT, 10).hubs(3).build())) {
            assertThat(workers.hubLoops().orElseThrow().count()).isEqualTo(3);
        }
        try (Workers workers = Workers.open(settings(WorkerModel.THREADS, 10).build())) {
            assertThat(workers.hubLoops()).isEmpty();
        }
        try (Workers workers =
                Workers.open(settings(WorkerModel.GEVENT, 10).hubLoop(false).build())) {
            assertThat(workers.hubLoops()).isEmpty();
        }
        boolean unmounts = Runtime.version().feature() >= 24;
        try (Workers workers =
                Workers.open(settings(WorkerModel.GEVENT, 10).retake(null).build())) {
            assertThat(workers.hubLoops().isPresent()).isEqualTo(unmounts);
        }
    }

    /** The request line comes from the gate: what the watch knows is a thread. */
    @Test
    void aSliceThatIsTooLongIsReportedWithItsRequest() throws Exception {
        WorkerSettings settings =
                settings(WorkerModel.GEVENT, 10)
                        .hubs(1)
                        .maxBlockingTime(Duration.ofMillis(20))
                        .build();
        try (Workers workers = Workers.open(settings)) {
            AtomicBoolean stop = new AtomicBoolean();
            CountDownLatch done = new CountDownLatch(1);
            workers.executor()
                    .execute(() -> {
                        Permit permit = enter(workers.gate(), "GET", "/hog");
                        permit.enterThread();
                        holdOn(stop);
                        permit.leaveThread();
                        permit.release();
                        done.countDown();
                    });
            await().until(() -> !log.warnings().isEmpty());
            stop.set(true);
            done.await();
            assertThat(workers.stats().longSlices()).isPositive();
            assertThat(workers.stats().longestSlice()).isGreaterThan(Duration.ofMillis(20));
        }
        assertThat(log.warnings().getFirst())
                .matches(
                        "(?s)WARNING treadle-hub-0: treadle-gevent-1, GET /hog, has run for \\d+ ms without"
                                + " giving way \\(max-blocking-time: 20 ms\\).*")
                .contains("at dev.treadle.WorkersTest.holdOn(WorkersTest.java:");
    }

    private static void holdOn(AtomicBoolean stop) {
        while (!stop.get()) {
            Thread.onSpinWait();
        }
    }

    private static Permit enter(Gate gate, String method, String path) {
        try {
            return gate.enter(method, path);
        } catch (RefusedException | InterruptedException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
