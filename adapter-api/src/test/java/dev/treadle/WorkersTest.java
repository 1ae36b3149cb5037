package dev.treadle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import static java.util.Objects.requireNonNull;

import dev.treadle.gate.GateAnswer;
import dev.treadle.gate.GateListener;
import dev.treadle.gate.Permit;
import dev.treadle.internal.gate.RequestGate;
import dev.treadle.internal.gate.Requests;
import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.LimitSettings;
import dev.treadle.settings.WorkerModel;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;
import dev.treadle.stats.DrainReport;
import dev.treadle.stats.HubLoad;
import dev.treadle.stats.LimitStats;
import dev.treadle.stats.QueueStats;
import dev.treadle.stats.RecentTimes;
import dev.treadle.stats.RefusalReason;
import dev.treadle.stats.Refusals;
import dev.treadle.stats.RunningRequest;
import dev.treadle.stats.WorkerStats;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.ObjectName;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class WorkersTest {
    private static final QueueStats NO_QUEUE =
            new QueueStats(
                    0,
                    Duration.ZERO,
                    0,
                    Duration.ZERO,
                    new RecentTimes(
                            Duration.ZERO,
                            Duration.ZERO,
                            Duration.ZERO,
                            Duration.ZERO,
                            Duration.ZERO));
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
        FutureTask<Permit> entering =
                new FutureTask<>(() -> Requests.enter(workers.gate(), "GET", path));
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

    @Test
    void threadsOfAPoolAreRenewedAndNoTaskIsLost() throws Exception {
        try (Workers workers = Workers.open(settings(WorkerModel.THREADS, 3).build())) {
            startRequest(workers, "/");
            Thread before = threadOf(workers);
            ServerWorkers.of(workers).renewThreads();
            assertThat(threadOf(workers)).isNotSameAs(before);
            assertThat(before.join(LONG)).as("the old thread ends").isTrue();
            assertThat(interrupted.getCount()).as("a request on an old thread goes on").isOne();
            assertThat(workers.stats().gate().active()).isOne();
        }
    }

    private static Thread threadOf(Workers workers) throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        workers.executor().execute(() -> thread.complete(Thread.currentThread()));
        return thread.get(LONG.toSeconds(), TimeUnit.SECONDS);
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
    void aStopIsToldAtItsFirstMomentAndWhenNoMoreIsTaken() throws Exception {
        try (Workers workers = Workers.open(settings(WorkerModel.VIRTUAL, 2).build())) {
            List<Boolean> taking = new ArrayList<>();
            workers.serverSide().onStop(() -> taking.add(!workers.gate().draining()));
            workers.prepareStop();
            workers.prepareStop();
            assertThat(taking).containsExactly(true);
            workers.drain(Duration.ZERO);
            assertThat(taking).containsExactly(true, false);
            assertThat(workers.gate().ready()).isFalse();
        }
    }

    @Test
    void aListenerThatFailsDoesNotKeepTheStopFromGoingOn() throws Exception {
        try (Workers workers = Workers.open(settings(WorkerModel.VIRTUAL, 2).build())) {
            AtomicBoolean told = new AtomicBoolean();
            workers.serverSide()
                    .onStop(() -> {
                        throw new IllegalStateException("of the test");
                    });
            workers.serverSide().onStop(() -> told.set(true));
            workers.prepareStop();
            assertThat(told).isTrue();
            assertThat(log.warnings()).singleElement().asString().contains("stop: ");
        }
    }

    /** The bound of a stop: its grace, and two seconds for what was interrupted to end. */
    @ParameterizedTest
    @EnumSource(WorkerModel.class)
    void aDrainAndTheCloseAfterItInterruptOnceAndShareTheirTime(WorkerModel model)
            throws Exception {
        Workers workers = Workers.open(settings(model, 2).build());
        CountDownLatch running = new CountDownLatch(1);
        workers.executor()
                .execute(() -> {
                    Permit permit = entered(workers);
                    permit.enterThread();
                    running.countDown();
                    boolean ended = false;
                    while (!ended) {
                        try {
                            letGo.await();
                            ended = true;
                        } catch (InterruptedException ignored) {
                            interrupted.countDown();
                        }
                    }
                    permit.leaveThread();
                    permit.release();
                });
        running.await();
        long start = System.nanoTime();
        workers.drain(Duration.ZERO);
        workers.close();
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        interrupted.await();
        letGo.countDown();
        // 2 s is the rule; each further drain of 1.5 s or more on top would be seen
        assertThat(took).isBetween(1_500L, 3_400L);
    }

    private static Permit entered(Workers workers) {
        try {
            return Requests.enter(workers.gate(), "GET", "/ignores");
        } catch (Requests.TurnedAwayException | InterruptedException impossible) {
            throw new IllegalStateException(impossible);
        }
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
            workers.serverSide().installed("Tomcat 11");

            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> workers.serverSide().installed("Jetty 12"))
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
                .isThrownBy(() -> workers.serverSide().installed("Tomcat 11"))
                .withMessageStartingWith("workers: closed (expected: open)");
    }

    @Test
    void resourcesAreClosedLastInFirstOutEvenIfOneIsBroken() {
        Workers workers = Workers.open(settings(WorkerModel.VIRTUAL, 2).build());
        List<String> closed = new ArrayList<>();
        workers.serverSide().closeWithThese(() -> closed.add("first"));
        workers.serverSide()
                .closeWithThese(() -> {
                    throw new IllegalStateException("made up by a test");
                });
        workers.serverSide()
                .closeWithThese(() -> {
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
            assertThat(workers.stats().gate().draining()).isTrue();
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
            assertThat(workers.stats().gate().completed()).isEqualTo(1);
            assertThat(log.warnings()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(WorkerModel.class)
    void whoIsStillInLineAfterTheGraceIsRefused(WorkerModel model) throws Exception {
        try (Workers workers = Workers.open(settings(model, 1).queue(1).build())) {
            startRequest(workers, "/inside");
            FutureTask<RefusalReason> refused =
                    new FutureTask<>(() ->
                            catchThrowableOfType(
                                            Requests.TurnedAwayException.class,
                                            () -> Requests.enter(workers.gate(), "GET", "/line"))
                                    .reason());
            workers.executor().execute(refused);
            await().until(() -> workers.gate().waiting() == 1);

            DrainReport report = workers.drain(Duration.ZERO);

            assertThat(refused.get()).isEqualTo(RefusalReason.DRAINING);
            assertThat(report.cutOff()).extracting(RunningRequest::path).containsExactly("/inside");
            assertThat(workers.drain(LONG).complete()).isTrue();
        }
    }

    /**
     * Else a request that cannot be ended would hold up a stop for the grace of each drain in it.
     */
    @Test
    void aStopHasOneGrace() throws Exception {
        Workers workers = Workers.open(WorkerSettings.builder().virtual(1).drain(LONG).build());
        Permit stuck = Requests.enter(workers.gate(), "GET", "/stuck");
        assertThat(workers.drain(Duration.ZERO).cutOff()).hasSize(1);

        assertThat(workers.drain(LONG).cutOff()).hasSize(1);
        workers.close(); // would wait for LONG

        stuck.release();
    }

    @Test
    void drainedWorkersTakeRequestsAgainAfterResume() throws Exception {
        try (Workers workers = Workers.open(settings(WorkerModel.VIRTUAL, 1).build())) {
            assertThat(workers.drain(LONG).complete()).isTrue();
            assertThatExceptionOfType(Requests.TurnedAwayException.class)
                    .isThrownBy(() -> Requests.enter(workers.gate(), "GET", "/"));

            workers.resume();

            Requests.enter(workers.gate(), "GET", "/").release();
            assertThat(workers.stats().gate().draining()).isFalse();
        }
    }

    @Test
    void resumeEndsADrainThatWaitsAndInterruptsNobody() throws Exception {
        try (Workers workers = Workers.open(settings(WorkerModel.VIRTUAL, 1).build())) {
            Permit permit = Requests.enter(workers.gate(), "GET", "/");
            FutureTask<DrainReport> draining = new FutureTask<>(() -> workers.drain(LONG));
            Thread drainer = Thread.ofVirtual().start(draining);
            await().until(() -> drainer.getState() == Thread.State.TIMED_WAITING);

            workers.resume();

            assertThat(draining.get().complete()).isTrue();
            assertThat(permit.interrupted()).isFalse();
            permit.release();
        }
    }

    /** The drain that was ended by the resume must not count for it. */
    @Test
    void theStopAfterADrainAndAResumeHasItsWholeGrace() throws Exception {
        try (Workers workers = Workers.open(settings(WorkerModel.VIRTUAL, 1).build())) {
            Permit permit = Requests.enter(workers.gate(), "GET", "/");
            Duration first = Duration.ofMillis(500);
            FutureTask<DrainReport> ended = new FutureTask<>(() -> workers.drain(first));
            Thread drainer = Thread.ofVirtual().start(ended);
            await().pollDelay(Duration.ZERO)
                    .until(() -> drainer.getState() == Thread.State.TIMED_WAITING);
            workers.resume();
            assertThat(ended.get().complete()).isTrue();
            long over = System.nanoTime() + first.toNanos();
            await().until(() -> System.nanoTime() - over > 0);

            FutureTask<DrainReport> stop = new FutureTask<>(() -> workers.drain(LONG));
            Thread stopper = Thread.ofVirtual().start(stop);
            await().until(() -> stopper.getState() == Thread.State.TIMED_WAITING);
            assertThat(permit.interrupted()).isFalse();
            permit.release();
            assertThat(stop.get().complete()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(WorkerModel.class)
    void harakiriInterruptsARequestThatRunsTooLongAndLogsWhereItStood(WorkerModel model)
            throws Exception {
        WorkerSettings settings = settings(model, 2).harakiri(Duration.ofMillis(500)).build();
        try (Workers workers = Workers.open(settings)) {
            Permit permit = startRequest(workers, "/stuck");

            interrupted.await();
            await().until(() ->
                    workers.stats().gate().completed() == 1 && !log.warnings().isEmpty());

            assertThat(permit.interrupted()).isTrue();
            assertThat(workers.stats().gate().harakiris()).isEqualTo(1);
            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .contains(
                            "harakiri: GET /stuck ",
                            "ran longer than 500ms",
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
            Permit deaf = Requests.enter(workers.gate(), "GET", "/deaf");
            await().until(deaf::interrupted);
            for (int i = 0; i < 100; i++) {
                Requests.enter(workers.gate(), "GET", "/quick").release();
            }
            startRequest(workers, "/stuck");
            interrupted.await();
            await().until(() ->
                    log.warnings().stream()
                                    .filter(line -> line.contains("and is interrupted"))
                                    .count()
                            == 2);

            assertThat(workers.stats().gate().harakiris()).isEqualTo(2);
            assertThat(workers.gate().requests())
                    .extracting(RunningRequest::path)
                    .contains("/deaf");
            deaf.release();
        }
    }

    @ParameterizedTest
    @EnumSource(WorkerModel.class)
    void aSwitchLetsTasksEndWhereTheyAreAndTheirThreadsWithThem(WorkerModel model)
            throws Exception {
        for (WorkerModel next : WorkerModel.values()) {
            try (Workers workers = Workers.open(settings(model, 2).build())) {
                startRequest(workers, "/slow");
                AtomicBoolean aside = new AtomicBoolean();

                workers.switchTo(settings(next, 5).build());

                workers.executor()
                        .submit(() -> aside.set(Thread.currentThread().isVirtual()))
                        .get();
                assertThat(aside.get()).isEqualTo(next != WorkerModel.THREADS);
                assertThat(workers.settings().model()).isEqualTo(next);
                assertThat(workers.gate().limit()).isEqualTo(5);
                assertThat(workers.stats().switches()).isEqualTo(1);
                assertThat(workers.gate().active()).isEqualTo(1);
                workers.drain(Duration.ZERO);
                await().until(() -> workers.stats().engine().retiring() == 0);
            }
        }
        assertThat(interrupted.getCount()).isZero();
    }

    @Test
    void aSwitchThatCannotBeLeavesEverythingAsItWas() {
        WorkerSettings before = settings(WorkerModel.VIRTUAL, 2).listen(50).build();
        try (Workers workers = Workers.open(before)) {
            for (WorkerSettings.Builder impossible :
                    List.of(
                            settings(WorkerModel.VIRTUAL, 3).listen(60),
                            settings(WorkerModel.VIRTUAL, 3).reusePort(true))) {
                assertThatExceptionOfType(InvalidSettingException.class)
                        .isThrownBy(() -> workers.switchTo(impossible.build()))
                        .withMessageContaining("it takes effect only when a server starts");
            }
            assertThat(workers.settings()).isSameAs(before);
            assertThat(workers.gate().limit()).isEqualTo(2);
            assertThat(workers.stats().switches()).isZero();
        }
    }

    @Test
    void countersOfHubsGoOnOverSwitches() throws Exception {
        WorkerSettings two = WorkerSettings.builder().gevent(5).hubs(2).build();
        try (Workers workers = Workers.open(two)) {
            workers.executor().submit(() -> {}).get();
            await().until(() -> slices(workers) > 0);
            long before = slices(workers);
            workers.switchTo(WorkerSettings.virtual(5));
            assertThat(slices(workers)).isGreaterThanOrEqualTo(before);
            workers.switchTo(WorkerSettings.builder().gevent(5).hubs(1).build());
            workers.executor().submit(() -> {}).get();
            assertThat(workers.stats().hubs().each()).hasSize(2);
            await().until(() -> slices(workers) > before);
            long after = slices(workers);
            workers.switchTo(two);
            assertThat(workers.stats().hubs().count()).isEqualTo(2);
            assertThat(slices(workers)).isGreaterThanOrEqualTo(after);
        }
    }

    private static long slices(Workers workers) {
        return workers.stats().hubs().each().stream().mapToLong(HubLoad::slices).sum();
    }

    @Test
    void closedWorkersDoNotSwitch() {
        Workers workers = Workers.open(settings(WorkerModel.VIRTUAL, 2).build());
        workers.close();

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> workers.switchTo(WorkerSettings.virtual(3)))
                .withMessageStartingWith("workers: closed (expected: open)");
    }

    @Test
    void noTaskIsLostWhileEnginesAreSwitched() throws Exception {
        try (Workers workers = Workers.open(settings(WorkerModel.VIRTUAL, 2).build())) {
            AtomicBoolean over = new AtomicBoolean();
            LongAdder ran = new LongAdder();
            Semaphore room = new Semaphore(1_000);
            List<WorkerModel> models = List.of(WorkerModel.values());
            List<FutureTask<Long>> senders = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                FutureTask<Long> sender =
                        new FutureTask<>(() -> {
                            long sent = 0;
                            for (; !over.get(); sent++) {
                                room.acquire();
                                workers.executor()
                                        .execute(() -> {
                                            ran.increment();
                                            room.release();
                                        });
                            }
                            return sent;
                        });
                senders.add(sender);
                Thread.ofPlatform().daemon().start(sender);
            }
            for (int i = 0; i < 200; i++) {
                long before = ran.sum();
                await().pollInterval(Duration.ofMillis(1)).until(() -> ran.sum() > before);
                workers.switchTo(settings(models.get(i % models.size()), 2 + i % 2).build());
            }
            over.set(true);
            long sent = 0;
            for (FutureTask<Long> sender : senders) {
                sent += sender.get();
            }
            long all = sent;
            await().until(() -> ran.sum() == all);
            await().until(() -> workers.stats().engine().retiring() == 0);
        }
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    void jmxShowsTheWorkersAndSwitchesThem() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("dev.treadle:type=Workers,name=\"Some\"");
        try (Workers workers = Workers.open(settings(WorkerModel.VIRTUAL, 2).build())) {
            workers.serverSide().installed("Some 1.0");
            Permit permit = Requests.enter(workers.gate(), "GET", "/slow");
            WorkersMXBean bean = JMX.newMXBeanProxy(server, name, WorkersMXBean.class);

            assertThat(bean.getContainer()).isEqualTo("Some 1.0");
            assertThat(bean.getModel()).isEqualTo("virtual");
            assertThat(bean.getActive()).isEqualTo(1);
            waitInLineFor(Duration.ofMillis(3), workers.gate());
            assertThat(bean.getLeftQueue()).isEqualTo(1);
            assertThat(bean.getTimeInQueueMillis())
                    .isGreaterThanOrEqualTo(3)
                    .isEqualTo(bean.getQueueTimeMedianMillis())
                    .isEqualTo(bean.getQueueTimeP95Millis())
                    .isEqualTo(bean.getQueueTimeP99Millis())
                    .isEqualTo(bean.getQueueTimeMaxMillis());
            assertThat(bean.getRefusedByLimits()).isZero();
            assertThat(bean.getRetakes() + bean.getLongSlices()).isZero();
            assertThat(bean.getRequests()).singleElement().asString().startsWith("GET /slow ");
            assertThat(bean.requestGroups())
                    .startsWith("virtual: 1 inside, 0 queued\n\n1 request runs, oldest ")
                    .contains("\n    GET /slow\n");
            assertThat(bean.toJson("stats"))
                    .startsWith("{\"container\":\"Some 1.0\",\"model\":\"virtual\"")
                    .contains("\"gate\":{\"limit\":2,\"active\":1,");
            assertThat(bean.toJson("groups")).contains("\"requests\":[\"GET /slow\"]");
            assertThat(bean.toJson("requests")).contains("\"path\":\"/slow\"");
            assertThat(bean.toJson("reports")).isEqualTo("{\"reports\":[]}");
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> bean.toJson("all"))
                    .withMessageContaining("part: all (expected: stats, ");
            assertThat(bean.getSettings()).contains("virtual=2 (code virtual)");
            assertThat(bean.switchTo("threads", 7)).isEqualTo("threads 7");
            assertThat(bean.set("queue", "3")).isEqualTo("threads 7");
            assertThat(workers.gate().queue()).isEqualTo(3);
            assertThat(bean.getSwitches()).isEqualTo(2);
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> bean.set("queue", "many"))
                    .withMessageContaining("JMX queue: many (expected: a whole number");
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> bean.switchTo("queue", 5))
                    .withMessageContaining("model: queue (expected: threads, virtual or gevent)");
            Thread.sleep(3);
            permit.release();
            assertThat(bean.getRunTimeMaxMillis())
                    .isGreaterThanOrEqualTo(3)
                    .isGreaterThanOrEqualTo(bean.getRunTimeP99Millis());
            assertThat(bean.getRunTimeP99Millis())
                    .isGreaterThanOrEqualTo(bean.getRunTimeP95Millis());
            assertThat(bean.getRunTimeP95Millis())
                    .isGreaterThanOrEqualTo(bean.getRunTimeMedianMillis());
        }
        assertThat(server.isRegistered(name)).isFalse();
    }

    /** A monitor finds the bean after an update, and tells two servers of one JVM apart. */
    @ParameterizedTest
    @ValueSource(strings = {"Other 11.0.25", "Other/12.1.12-SNAPSHOT", "Other"})
    void theNameInJmxHasNoVersion(String container) throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName first = new ObjectName("dev.treadle:type=Workers,name=\"Other\"");
        ObjectName second = new ObjectName("dev.treadle:type=Workers,name=\"Other (2)\"");
        try (Workers one = Workers.open(settings(WorkerModel.VIRTUAL, 2).build());
                Workers other = Workers.open(settings(WorkerModel.VIRTUAL, 3).build())) {
            one.serverSide().installed(container);
            other.serverSide().installed(container);

            assertThat(server.getAttribute(first, "Limit")).isEqualTo(2);
            assertThat(server.getAttribute(second, "Limit")).isEqualTo(3);
        }
        assertThat(server.isRegistered(first)).isFalse();
        assertThat(server.isRegistered(second)).isFalse();
    }

    /** Fills the gate, waits in its queue, and leaves it again. */
    private static void waitInLineFor(Duration time, RequestGate gate) throws Exception {
        List<Permit> inside = new CopyOnWriteArrayList<>();
        while (gate.active() < gate.limit()) {
            inside.add(Requests.enter(gate, "GET", "/filler"));
        }
        RequestGate.Place place = requireNonNull(gate.enter("GET", "/line", listener(inside)));
        Thread.sleep(time);
        place.giveUp();
        inside.forEach(Permit::release);
    }

    @Test
    void aNamedLimitProtectsWhatIsBehindIt() throws Exception {
        WorkerSettings settings =
                settings(WorkerModel.VIRTUAL, 9).limit("search", 1, 0, LONG).build();
        try (Workers workers = Workers.open(settings)) {
            Limit payments = workers.limit(new LimitSettings("payments", 2, 0, LONG));
            assertThat(workers.limit("payments", 99)).isSameAs(payments);
            Limit.Pass one = payments.enter();
            try (Limit.Pass other = payments.enter()) {
                assertThatExceptionOfType(RefusedException.class)
                        .isThrownBy(() -> payments.call(() -> "third"));
                one.close();
                one.close();
                assertThat(payments.call(() -> "third")).isEqualTo("third");
                assertThat(other).isNotNull();
            }
            LimitStats stats = payments.stats();
            assertThat(stats.run().ended()).as("each pass once").isEqualTo(3);
            assertThat(stats.run().recent().max()).isPositive();
            assertThat(stats)
                    .isEqualTo(
                            new LimitStats(
                                    "payments",
                                    2,
                                    0,
                                    new Refusals(1, 0, 0, 0, 0),
                                    NO_QUEUE,
                                    stats.run()));
            // a value from the settings overrides the code
            assertThat(workers.limit("search", 50).stats().limit()).isEqualTo(1);

            workers.switchTo(settings(WorkerModel.VIRTUAL, 9).limit("payments", 3).build());

            assertThat(payments.stats().limit()).isEqualTo(3);
            assertThatExceptionOfType(InvalidSettingException.class)
                    .isThrownBy(() -> workers.limit("/pay", 3))
                    .withMessageContaining("a plain name such as payments");
        }
    }

    /**
     * Each request that leaves a queue is reported once, with any outcome; one that did not wait is
     * not reported.
     */
    @Test
    void timesInLineAreToldOfThoseWhoWaited() throws Exception {
        WorkerSettings settings = settings(WorkerModel.VIRTUAL, 1).queue(10).build();
        List<Long> told = new CopyOnWriteArrayList<>();
        try (Workers workers = Workers.open(settings)) {
            workers.onLeftQueue(nanos -> {
                throw new IllegalStateException("broken on purpose");
            });
            workers.onLeftQueue(told::add);
            RequestGate gate = workers.gate();
            Requests.enter(gate, "GET", "/inside").release();
            Permit inside = Requests.enter(gate, "GET", "/inside");
            assertThat(told).isEmpty();

            List<Permit> admitted = new CopyOnWriteArrayList<>();
            GateListener listener = listener(admitted);
            assertThat(gate.enter("GET", "/admitted", listener)).isNotNull();
            RequestGate.Place givesUp = requireNonNull(gate.enter("GET", "/givesUp", listener));
            Thread interrupted = Thread.ofVirtual().start(() -> interruptedInTheQueue(gate));
            await().until(() -> gate.waiting() == 3);
            interrupted.interrupt();
            interrupted.join();
            assertThat(told).hasSize(1);
            givesUp.giveUp();
            assertThat(told).hasSize(2);
            inside.release();
            assertThat(told).hasSize(3);
            assertThat(gate.enter("GET", "/drained", listener)).isNotNull();
            gate.shut();
            gate.cutOff();
            assertThat(told).hasSize(4).allSatisfy(nanos -> assertThat(nanos).isPositive());
            WorkerStats stats = workers.stats();
            assertThat(stats.gate().queue().left()).isEqualTo(4);
            assertThat(stats.gate().queue().totalTime().toNanos())
                    .isEqualTo(told.stream().mapToLong(Long::longValue).sum());
            assertThat(stats.gate().queue().recent().max().toNanos())
                    .isEqualTo(told.stream().mapToLong(Long::longValue).max().orElseThrow());
            assertThat(stats.gate().queue().recent().median()).isPositive();
            admitted.forEach(Permit::release);
        }
        assertThat(log.warnings())
                .hasSize(4)
                .allMatch(line -> line.contains("could not be recorded"));
    }

    /** Each request that completes is reported once, with the time that the numbers have. */
    @Test
    void timesInsideAreToldOfThoseThatComplete() throws Exception {
        WorkerSettings settings =
                settings(WorkerModel.VIRTUAL, 2)
                        .streams(1)
                        .limit("/slow", 1, 0, Duration.ofSeconds(5))
                        .build();
        List<Long> told = new CopyOnWriteArrayList<>();
        try (Workers workers = Workers.open(settings)) {
            workers.onCompleted(nanos -> {
                throw new IllegalStateException("broken on purpose");
            });
            workers.onCompleted(told::add);
            RequestGate gate = workers.gate();
            Permit slow = Requests.enter(gate, "GET", "/slow");
            Permit stream = Requests.enter(gate, "GET", "/stream");
            assertThat(stream.becomesStream()).isTrue();
            Permit quick = Requests.enter(gate, "GET", "/");
            assertThat(told).isEmpty();
            quick.release();
            quick.release();
            stream.release();
            assertThat(told).hasSize(1);
            Thread.sleep(3);
            slow.release();
            assertThat(told).hasSize(2);
            WorkerStats stats = workers.stats();
            assertThat(stats.gate().completed()).isEqualTo(3);
            assertThat(stats.gate().run().ended()).isEqualTo(2);
            assertThat(stats.gate().run().totalTime().toNanos())
                    .isEqualTo(told.getFirst() + told.getLast());
            assertThat(stats.gate().run().recent().max().toNanos())
                    .isEqualTo(told.getLast())
                    .isGreaterThanOrEqualTo(Duration.ofMillis(3).toNanos());
            assertThat(stats.limits().getFirst().run().ended()).isEqualTo(1);
            assertThat(stats.limits().getFirst().run().totalTime().toNanos())
                    .isEqualTo(told.getLast());
        }
        assertThat(log.warnings())
                .hasSize(2)
                .allMatch(line -> line.contains("could not be recorded"));
    }

    private static GateListener listener(List<Permit> admitted) {
        return new GateListener() {
            @Override
            public void admitted(Permit permit) {
                admitted.add(permit);
            }

            @Override
            public void answered(GateAnswer answer) {}
        };
    }

    private static void interruptedInTheQueue(RequestGate gate) {
        try {
            Requests.enter(gate, "GET", "/interrupted");
            throw new AssertionError("it was let in");
        } catch (InterruptedException expected) {
            // that is how it leaves the queue
        } catch (Requests.TurnedAwayException refused) {
            throw new AssertionError(refused);
        }
    }

    @Test
    void refusalsOfLimitsAreApartAndNeverFall() throws Exception {
        WorkerSettings settings =
                settings(WorkerModel.VIRTUAL, 2)
                        .queue(0)
                        .limit("/slow", 1, 0, Duration.ofSeconds(5))
                        .build();
        List<String> names = new CopyOnWriteArrayList<>();
        try (Workers workers = Workers.open(settings)) {
            workers.onLimit(names::add);
            assertThat(names).containsExactly("/slow");
            Permit slow = Requests.enter(workers.gate(), "GET", "/slow");
            assertThatExceptionOfType(Requests.TurnedAwayException.class)
                    .isThrownBy(() -> Requests.enter(workers.gate(), "GET", "/slow"));
            Permit other = Requests.enter(workers.gate(), "GET", "/");
            assertThatExceptionOfType(Requests.TurnedAwayException.class)
                    .isThrownBy(() -> Requests.enter(workers.gate(), "GET", "/"));
            assertThatExceptionOfType(Requests.TurnedAwayException.class)
                    .isThrownBy(() -> Requests.enter(workers.gate(), "GET", "/"));
            refusedAre(workers, 1, 2);

            workers.switchTo(
                    settings(WorkerModel.THREADS, 2)
                            .limit("/else", 1, 0, Duration.ofSeconds(5))
                            .build());
            refusedAre(workers, 1, 2);
            assertThat(workers.limitStats("/slow").orElseThrow().active()).isEqualTo(1);
            workers.limit("payments", 5);
            assertThat(names).contains("/else", "payments");
            assertThat(workers.limitStats("payments").orElseThrow().limit()).isEqualTo(5);
            assertThat(workers.limitStats("/nowhere")).isEmpty();
            slow.release();
            other.release();
            assertThat(workers.limitStats("/slow").orElseThrow().active()).isZero();
        }
    }

    private static void refusedAre(Workers workers, long byLimits, long byGate) {
        assertThat(workers.stats().gate().refusedByLimits())
                .isEqualTo(new Refusals(byLimits, 0, 0, 0, 0));
        assertThat(workers.stats().gate().refusedByGate())
                .isEqualTo(new Refusals(byGate, 0, 0, 0, 0));
        assertThat(workers.stats().gate().refused().total()).isEqualTo(byLimits + byGate);
        assertThat(workers.limitStats("/slow").orElseThrow().refused().total()).isEqualTo(byLimits);
    }

    @Test
    void anOverdueRequestWithoutAThreadIsEndedAsItsAdapterSaidUntilItIsComplete() throws Exception {
        WorkerSettings settings =
                settings(WorkerModel.VIRTUAL, 2).harakiri(Duration.ofMillis(20)).build();
        try (Workers workers = Workers.open(settings)) {
            Permit permit = Requests.enter(workers.gate(), "GET", "/async");
            CountDownLatch ends = new CountDownLatch(3);
            permit.endedBy(ends::countDown);
            permit.goesAsync();

            ends.await();
            permit.release();

            await().until(() -> workers.stats().gate().stuck() == 0);
            assertThat(workers.stats().gate().harakiris()).isEqualTo(1);
            // on a busy machine it may be told as stuck too, before it is complete
            assertThat(log.warnings())
                    .allMatch(warning -> warning.contains("GET /async "))
                    .first()
                    .asString()
                    .contains("harakiri: GET /async ", "no thread runs for it now");
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
        assertThat(
                        startLine(
                                gevent,
                                workers -> workers.serverSide().hubsCarriedBy("Tomcat's pollers")))
                .isEqualTo(
                        treadle
                                + "gevent 1000 on 1 hub (carried by Tomcat's pollers), Tomcat 11.0.25");
        assertThat(
                        startLine(
                                gevent,
                                workers ->
                                        workers.serverSide().hubsNotCarried("Tomcat has no NIO")))
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
                    .isThrownBy(() -> workers.serverSide().hubsNotCarried("Tomcat has no NIO"))
                    .withMessage(
                            "code hub-loop: on (expected: off, or leave it out): Tomcat has no NIO,"
                                    + " so the hubs cannot be carried by its event loops");
        }
    }

    @Test
    void loopsGetTheHubsOfGeventOnly() {
        try (Workers workers = Workers.open(settings(WorkerModel.GEVENT, 10).hubs(3).build())) {
            assertThat(workers.serverSide().hubLoops().orElseThrow().count()).isEqualTo(3);
        }
        try (Workers workers = Workers.open(settings(WorkerModel.THREADS, 10).build())) {
            assertThat(workers.serverSide().hubLoops()).isEmpty();
        }
        try (Workers workers =
                Workers.open(settings(WorkerModel.GEVENT, 10).hubLoop(false).build())) {
            assertThat(workers.serverSide().hubLoops()).isEmpty();
        }
        boolean unmounts = Runtime.version().feature() >= 24;
        try (Workers workers =
                Workers.open(settings(WorkerModel.GEVENT, 10).retake(null).build())) {
            assertThat(workers.serverSide().hubLoops().isPresent()).isEqualTo(unmounts);
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
            await("it is logged once the JVM is warm")
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> !log.warnings().isEmpty());
            stop.set(true);
            done.await();
            assertThat(workers.stats().hubs().longSlices()).isPositive();
            assertThat(workers.stats().hubs().longestSlice()).isGreaterThan(Duration.ofMillis(20));
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

    private static Permit enter(RequestGate gate, String method, String path) {
        try {
            return Requests.enter(gate, method, path);
        } catch (Requests.TurnedAwayException | InterruptedException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
