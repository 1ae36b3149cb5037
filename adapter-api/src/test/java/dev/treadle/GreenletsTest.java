package dev.treadle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import static java.util.Objects.requireNonNull;

import dev.treadle.settings.WorkerModel;
import dev.treadle.settings.WorkerSettings;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class GreenletsTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    private final LogRecords log = new LogRecords();
    private final CountDownLatch letGo = new CountDownLatch(1);

    @AfterEach
    void closeLog() {
        letGo.countDown();
        log.close();
    }

    /** Hubs are not retaken: on a busy machine two carriers would then run what must take turns. */
    private static Workers open(WorkerModel model) {
        WorkerSettings.Builder builder = WorkerSettings.builder().drain(Duration.ZERO);
        return Workers.open(
                (switch (model) {
                            case THREADS -> builder.threads(4);
                            case VIRTUAL -> builder.virtual(4);
                            case GEVENT -> builder.gevent(4).hubs(2).retake(null);
                        })
                        .build());
    }

    /** Runs the task on the workers, and throws what it throws. */
    private static <T> T on(Workers workers, Callable<T> task) throws Exception {
        try {
            return workers.executor().submit(task).get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Error error) {
                throw error;
            }
            throw (Exception) failed.getCause();
        }
    }

    private static <T> T onAHub(Callable<T> task) throws Exception {
        try (Workers workers = open(WorkerModel.GEVENT)) {
            return on(workers, task);
        }
    }

    /** Runs the block as a task of a hub, and throws what it throws. */
    private static void doOnAHub(Greenlets.Block<Exception> block) throws Exception {
        onAHub(() -> {
            block.run();
            return true;
        });
    }

    /** Returns the name of the platform thread under this virtual thread. */
    private static String carrier() {
        String shown = Thread.currentThread().toString();
        return shown.substring(shown.lastIndexOf('@') + 1);
    }

    @Test
    void childrenAreOnTheHubOfTheirParentAndNamedAfterIt() throws Exception {
        List<String> seen =
                onAHub(() -> {
                    Callable<String> where =
                            () -> Thread.currentThread().getName() + " " + carrier();
                    Greenlet<String> child = Greenlets.spawn(where);
                    Greenlet<String> grandchild =
                            Greenlets.spawn(() -> Greenlets.spawn(where).get());
                    return List.of(where.call(), child.get(), grandchild.get());
                });

        String hub = seen.getFirst().split(" ", -1)[1];
        assertThat(hub).matches("treadle-hub-[01]");
        String parent = seen.getFirst().split(" ", -1)[0];
        assertThat(seen)
                .containsExactly(parent + " " + hub, parent + "/1 " + hub, parent + "/2/1 " + hub);
    }

    @ParameterizedTest
    @EnumSource(
            value = WorkerModel.class,
            names = {"THREADS", "VIRTUAL"})
    void withoutHubsChildrenAreOnTheSchedulerOfTheJdk(WorkerModel model) throws Exception {
        try (Workers workers = open(model)) {
            assertThat(on(workers, () -> Greenlets.spawn(GreenletsTest::carrier).get()))
                    .startsWith("ForkJoinPool");
        }
        assertThat(Greenlets.spawn(GreenletsTest::carrier).get()).startsWith("ForkJoinPool");
    }

    @Test
    void aChildOfClosedWorkersRunsToItsEndAndMayHaveChildren() throws Exception {
        Greenlet<String> child;
        try (Workers workers = open(WorkerModel.GEVENT)) {
            child =
                    on(
                            workers,
                            () ->
                                    Greenlets.spawn(() -> {
                                        letGo.await();
                                        return Greenlets.spawn(GreenletsTest::carrier).get();
                                    }));
        }
        assertThat(child.isDone()).isFalse();

        letGo.countDown();

        assertThat(child.get()).startsWith("treadle-hub-");
    }

    @Test
    void joinAllWaitsForAllHoweverTheyEnd() throws Exception {
        Greenlet<String> held =
                Greenlets.spawn(() -> {
                    letGo.await();
                    return "done";
                });
        Greenlet<String> failed =
                Greenlets.spawn(() -> {
                    throw new IOException("made up by a test");
                });
        Greenlet<String> cancelled =
                Greenlets.spawn(() -> {
                    letGo.await();
                    return "done";
                });
        cancelled.cancel(true);
        List<Greenlet<String>> all = List.of(held, failed, cancelled);

        assertThat(Greenlets.joinAll(List.of(failed, cancelled), LONG)).isTrue();
        assertThat(Greenlets.joinAll(all, Duration.ofMillis(5))).isFalse();
        assertThat(Greenlets.joinAll(all, Duration.ZERO)).isFalse();
        assertThat(Greenlets.joinAll(all, Duration.ofSeconds(-1))).isFalse();
        assertThat(all).extracting(Greenlet::isDone).containsExactly(false, true, true);

        letGo.countDown();
        assertThat(Greenlets.joinAll(all, LONG)).isTrue();
        assertThat(Greenlets.joinAll(all, Duration.ZERO)).isTrue();
        assertThat(Greenlets.joinAll(all, Duration.ofSeconds(Long.MIN_VALUE))).isTrue();
        assertThat(Greenlets.joinAll(List.of(), Duration.ZERO)).isTrue();
        assertThat(failed.exceptionNow()).hasMessage("made up by a test");
    }

    @Test
    void yieldLetsTheOthersOfTheHubRun() throws Exception {
        List<String> order =
                onAHub(() -> {
                    List<String> seen = new ArrayList<>(); // one hub, no lock
                    Greenlet<Boolean> other = Greenlets.spawn(() -> seen.add("child"));
                    seen.add("before");
                    Greenlets.yield();
                    seen.add("after");
                    other.get();
                    return seen;
                });

        assertThat(order).containsExactly("before", "child", "after");
    }

    @Test
    void aGreenletKnowsItsHub() throws Exception {
        int hub = onAHub(() -> Greenlets.hub().orElseThrow());
        assertThat(hub).isBetween(0, 1);
        assertThat(Greenlets.hub()).isEmpty();
        try (Workers workers = open(WorkerModel.VIRTUAL)) {
            assertThat(on(workers, Greenlets::hub)).isEmpty();
        }
    }

    @Test
    void yieldOnAPlatformThreadIsHarmless() {
        Greenlets.yield();

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    private static void computeFor(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aBlockThatWaitsSwitches() throws Exception {
        doOnAHub(() -> {
            Greenlets.assertSwitches(Greenlets::yield);
            Greenlets.assertSwitches(() -> Thread.sleep(1));
            Greenlets.assertSwitches(() -> Greenlets.spawn(() -> "child").get());
            Greenlets.assertSwitches(LONG, () -> Thread.sleep(1));
        });
    }

    @Test
    void aBlockThatOnlyComputesDoesNotSwitch() {
        assertThatThrownBy(() -> doOnAHub(() -> Greenlets.assertSwitches(() -> {})))
                .isInstanceOf(AssertionError.class)
                .hasMessageMatching(
                        "treadle-gevent-\\d+: did not give up treadle-hub-[01] in [\\d.]+ ms"
                                + " \\(expected: at least once\\)");
    }

    @Test
    void eachBlockIsLookedAtByItself() {
        assertThatThrownBy(() ->
                        doOnAHub(() -> {
                            Greenlets.yield();
                            Greenlets.assertSwitches(() -> computeFor(Duration.ofMillis(1)));
                        }))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void anotherGreenletThatSwitchesDoesNotCount() {
        List<Greenlet<String>> children = new ArrayList<>();
        assertThatThrownBy(() ->
                        doOnAHub(() ->
                                Greenlets.assertSwitches(() ->
                                        children.add(Greenlets.spawn(() -> "of the same hub")))))
                .isInstanceOf(AssertionError.class);
        assertThat(children).hasSize(1);
    }

    @Test
    void whatTheBlockThrowsIsThrown() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() ->
                        doOnAHub(() ->
                                Greenlets.assertSwitches(() -> {
                                    throw new IOException("made up by a test");
                                })));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() ->
                        doOnAHub(() ->
                                Greenlets.assertSwitches(
                                        Duration.ofNanos(1),
                                        () -> {
                                            computeFor(Duration.ofMillis(1));
                                            throw new IOException("made up by a test");
                                        })));
    }

    @ParameterizedTest
    @EnumSource(
            value = WorkerModel.class,
            names = {"THREADS", "VIRTUAL"})
    void withoutAHubNothingCanBeAsserted(WorkerModel model) {
        AtomicBoolean ran = new AtomicBoolean();
        try (Workers workers = open(model)) {
            for (Greenlets.Block<Exception> asserting :
                    List.<Greenlets.Block<Exception>>of(
                            () -> Greenlets.assertSwitches(() -> ran.set(true)),
                            () -> Greenlets.assertSwitches(LONG, () -> ran.set(true)))) {
                assertThatExceptionOfType(IllegalStateException.class)
                        .isThrownBy(() ->
                                on(
                                        workers,
                                        () -> {
                                            asserting.run();
                                            return true;
                                        }))
                        .withMessageStartingWith("assertSwitches: on ")
                        .withMessageContaining("treadle-")
                        .withMessageContaining("(expected: a greenlet of a hub)");
            }
        }
        assertThat(ran).isFalse();
    }

    @Test
    void aShortBlockNeedNotSwitchWithinTheLongestTime() throws Exception {
        doOnAHub(() -> Greenlets.assertSwitches(LONG, () -> {}));
    }

    @Test
    void aBlockThatHoldsItsHubTooLongFailsWithTheStack() {
        AssertionError failed =
                catchThrowableOfType(
                        AssertionError.class,
                        () ->
                                doOnAHub(() ->
                                        Greenlets.assertSwitches(
                                                Duration.ofMillis(10),
                                                () -> computeFor(Duration.ofSeconds(1)))));

        assertHeldTooLong(failed);
    }

    /** The hold is neither the first slice nor the last. */
    @Test
    void aHoldInTheMidstOfABlockIsSeen() {
        AssertionError failed =
                catchThrowableOfType(
                        AssertionError.class,
                        () ->
                                doOnAHub(() ->
                                        Greenlets.assertSwitches(
                                                Duration.ofMillis(10),
                                                () -> {
                                                    Thread.sleep(1);
                                                    computeFor(Duration.ofSeconds(1));
                                                    Thread.sleep(1);
                                                    Greenlets.yield();
                                                })));

        assertHeldTooLong(failed);
    }

    private static void assertHeldTooLong(AssertionError failed) {
        assertThat(failed)
                .hasMessageMatching(
                        "treadle-gevent-\\d+: held treadle-hub-[01] for [\\d.]+ ms \\(expected: at most"
                                + " 10ms\\)");
        Throwable where = requireNonNull(failed.getCause());
        assertThat(where).hasMessageMatching("where treadle-gevent-\\d+ stood");
        assertThat(where.getStackTrace())
                .extracting(StackTraceElement::getMethodName)
                .contains("computeFor");
    }

    @Test
    void aHoldByAnotherGreenletOfTheHubIsNotCounted() throws Exception {
        doOnAHub(() ->
                Greenlets.assertSwitches(
                        Duration.ofMillis(500),
                        () -> {
                            Greenlet<String> hog =
                                    Greenlets.spawn(() -> {
                                        computeFor(Duration.ofSeconds(1));
                                        return "was alone";
                                    });
                            assertThat(hog.get()).isEqualTo("was alone");
                        }));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S"})
    void theLongestTimeMustBeATime(Duration maxBlocking) {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> Greenlets.assertSwitches(maxBlocking, () -> {}))
                .withMessageStartingWith("maxBlocking: ")
                .withMessageEndingWith("(expected: > 0)");
    }
}
