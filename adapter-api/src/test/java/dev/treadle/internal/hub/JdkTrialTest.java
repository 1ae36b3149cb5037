package dev.treadle.internal.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A trial detects each way in which a JDK may differ, and leaves no thread. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class JdkTrialTest {
    private static final boolean THIS_JDK_ASKS = Runtime.version().feature() >= 25;

    /** All threads that a trial makes: virtual ones, and those of its pool. */
    private final List<Thread> made = new CopyOnWriteArrayList<>();

    private final JdkTrial.NewThread threads =
            (scheduler, name, task) -> {
                Thread thread = JdkHubAccess.newVirtualThread(scheduler, name, task);
                made.add(thread);
                return thread;
            };

    @AfterEach
    void noThreadIsLeft() {
        await().untilAsserted(() -> assertThat(made).noneMatch(Thread::isAlive));
    }

    private ForkJoinPool poolWithThreads() {
        return new ForkJoinPool(1, this::worker, null, false);
    }

    private ForkJoinWorkerThread worker(ForkJoinPool pool) {
        var worker = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
        made.add(worker);
        return worker;
    }

    @Test
    void aSchedulerByTypeKeepsTheTimersSinceJdk25() {
        String problem = JdkTrial.ofTimers(threads, TimedScheduler::new);
        if (THIS_JDK_ASKS) {
            assertThat(problem).isNull();
        } else {
            assertThat(problem).isEqualTo("it set 0 timers with the scheduler (expected: 1)");
        }
    }

    @Test
    void thisJvmHasNoShortcomings() {
        assertThat(JdkHubAccess.shortcomings()).isEmpty();
    }

    /** As JDK 26 does with a scheduler that overrides what JDK 25 calls. */
    @Test
    void aPoolThatRunsTheSlicesItselfIsNoScheduler() {
        String problem = JdkTrial.ofTimers(threads, (slices, timers) -> poolWithThreads());
        assertThat(problem).isEqualTo("it hands no slice to a scheduler that is a ForkJoinPool");
        assertThat(made).as("a pool thread was there").hasSize(2);
    }

    /** A pool that keeps the timers too, so that only the end of the trial wakes the thread. */
    @Test
    void aPoolThatRunsTheSlicesItselfMayAskForTimers() {
        class Half extends ForkJoinPool {
            private final TimedScheduler.Timers timers;

            Half(TimedScheduler.Timers timers) {
                super(1, JdkTrialTest.this::worker, null, false);
                this.timers = timers;
            }

            // it overrides since JDK 25
            @SuppressWarnings({"MissingOverride", "UnusedMethod", "EffectivelyPrivate"})
            public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
                return timers.schedule(command, delay, unit);
            }
        }

        assertThat(JdkTrial.ofTimers(threads, (slices, timers) -> new Half(timers)))
                .isEqualTo("it hands no slice to a scheduler that is a ForkJoinPool");
    }

    @Test
    void theThreadOfASliceIsToldWithAndWithoutTimers() {
        assertThat(JdkTrial.ofReports(threads, false)).isNull();
        assertThat(JdkTrial.ofReports(threads, true)).isNull();
    }

    @Test
    void whatIsNoSliceOfAThreadHasNone() {
        assertThat(SliceOwner.of(() -> {})).isNull();
        assertThat(SliceOwner.of((Runnable) ForkJoinTask.adapt(() -> {}))).isNull();
    }

    // ---- Monitors

    @Test
    void oneThreadHandsOverGreenletsThatWaitedForAMonitorSinceJdk24() {
        List<Thread> told = new ArrayList<>();
        if (Runtime.version().feature() >= 24) {
            assertThat(JdkTrial.ofMonitors(threads, told::add)).isNull();
            assertThat(JdkTrial.ofMonitors(threads, told::add)).isNull();
            assertThat(told).hasSize(2);
            assertThat(told.getFirst().getName()).isEqualTo("VirtualThread-unblocker");
            assertThat(told.getLast()).isSameAs(told.getFirst());
        }
        assertThat(JdkHubAccess.mayBeUnblocker()).isFalse();
    }

    // ---- Hubs

    private static MethodHandle carrierTold(Thread told) {
        return MethodHandles.constant(Thread.class, told);
    }

    private static MethodHandle currentCarrier() throws ReflectiveOperationException {
        return MethodHandles.lookup()
                .findStatic(
                        JdkHubAccess.class, "currentCarrier", MethodType.methodType(Thread.class));
    }

    @Test
    void thisJvmPassesTheTrialOfHubs() throws Exception {
        assertThat(JdkTrial.ofHubs(threads, currentCarrier())).isNull();
    }

    @Test
    void aJdkThatIgnoresTheSchedulerHasNoHubs() throws Exception {
        JdkTrial.NewThread ignoring =
                (scheduler, name, task) -> {
                    Thread thread = Thread.ofVirtual().unstarted(task);
                    made.add(thread);
                    return thread;
                };
        assertThat(JdkTrial.ofHubs(ignoring, currentCarrier()))
                .isEqualTo(
                        "does not hand the slices of a virtual thread to the scheduler it was given");
    }

    @Test
    void aJdkThatMakesNoThreadHasNoHubs() throws Exception {
        JdkTrial.NewThread refusing =
                (scheduler, name, task) -> {
                    throw new UnsupportedOperationException("not today");
                };
        assertThat(JdkTrial.ofHubs(refusing, currentCarrier())).contains("not today");
    }

    @Test
    void aJdkThatTellsTheWrongCarrierHasNoHubs() {
        Thread wrong = Thread.ofPlatform().unstarted(() -> {});
        assertThat(JdkTrial.ofHubs(threads, carrierTold(wrong)))
                .startsWith("does not tell the carrier of a virtual thread: " + wrong);
    }

    /** Every method by which a JDK could hand over a slice reaches the hub. */
    @Test
    void noSliceStaysInTheQueuesOfTheScheduler() {
        List<Runnable> slices = new CopyOnWriteArrayList<>();
        List<String> ran = new CopyOnWriteArrayList<>();
        Executor hub = slices::add;
        TimedScheduler scheduler =
                new TimedScheduler(
                        hub,
                        (command, delay, unit) -> {
                            throw new UnsupportedOperationException();
                        });
        scheduler.execute(() -> ran.add("execute"));
        scheduler.execute(ForkJoinTask.adapt(() -> ran.add("execute a task")));
        List<ForkJoinTask<?>> tasks =
                List.of(
                        scheduler.submit(ForkJoinTask.adapt(() -> ran.add("submit"))),
                        scheduler.externalSubmit(
                                ForkJoinTask.adapt(() -> ran.add("externalSubmit"))),
                        scheduler.lazySubmit(ForkJoinTask.adapt(() -> ran.add("lazySubmit"))));
        assertThat(scheduler.hasQueuedSubmissions()).isFalse();
        assertThat(scheduler.getPoolSize()).isZero();
        slices.forEach(Runnable::run);
        assertThat(tasks).allMatch(ForkJoinTask::isCompletedNormally);
        assertThat(ran)
                .containsExactly(
                        "execute", "execute a task", "submit", "externalSubmit", "lazySubmit");
    }
}
