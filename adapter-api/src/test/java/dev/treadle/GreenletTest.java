package dev.treadle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.treadle.settings.WorkerSettings;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class GreenletTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SOON = Duration.ofMillis(5);

    private final LogRecords log = new LogRecords();
    private final CountDownLatch deafBegun = new CountDownLatch(1);
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);

    @AfterEach
    void closeLog() {
        letGo.countDown();
        log.close();
    }

    private String held() throws InterruptedException {
        letGo.await();
        return "let go";
    }

    private String untilInterrupted() throws InterruptedException {
        begun.countDown();
        try {
            return held();
        } catch (InterruptedException expected) {
            interrupted.countDown();
            throw expected;
        }
    }

    /** Ends when it is released, and ignores interrupts. */
    private String deaf() {
        deafBegun.countDown();
        while (true) {
            try {
                return held();
            } catch (InterruptedException ignored) {
                interrupted.countDown();
            }
        }
    }

    private static <T> Callable<T> failing(Throwable thrown) {
        return () -> {
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (Exception) thrown;
        };
    }

    private static IllegalStateException madeUp(String what) {
        return new IllegalStateException(what + ", made up by a test");
    }

    /** Runs {@code wait} on a thread that is interrupted while it waits. */
    private static void assertInterruptible(Callable<?> wait) throws Exception {
        FutureTask<Object> waiting = new FutureTask<>(wait::call);
        Thread waiter = Thread.ofPlatform().daemon().start(waiting);
        await().until(() ->
                waiter.getState() == Thread.State.WAITING
                        || waiter.getState() == Thread.State.TIMED_WAITING);
        waiter.interrupt();

        ExecutionException failed = catchThrowableOfType(ExecutionException.class, waiting::get);
        assertThat(failed).hasCauseInstanceOf(InterruptedException.class);
    }

    @Test
    void getGivesWhatTheTaskReturns() throws Exception {
        Greenlet<String> greenlet = Greenlets.spawn(() -> "done");

        assertThat(greenlet.get()).isEqualTo("done");
        assertThat(greenlet.get(LONG)).isEqualTo("done");
        assertThat(greenlet.get(1, TimeUnit.DAYS)).isEqualTo("done");
        assertThat(greenlet.resultNow()).isEqualTo("done");
        assertThat(greenlet.state()).isEqualTo(Future.State.SUCCESS);
        assertThat(greenlet.isDone()).isTrue();
        assertThat(greenlet.isCancelled()).isFalse();
        assertThat(greenlet.cancel(true)).isFalse();
        assertThat(greenlet.toString()).matches("Greenlet\\[.*/\\d+, SUCCESS]");
    }

    @Test
    void nothingIsAResultToo() throws Exception {
        assertThat(Greenlets.spawn(() -> null).get()).isNull();
    }

    @Test
    void theTaskRunsOnAVirtualThreadNamedAfterItsParent() throws Exception {
        Callable<String> name =
                () ->
                        Thread.currentThread().getName()
                                + (Thread.currentThread().isVirtual() ? " virtual" : " platform");
        FutureTask<List<String>> parent =
                new FutureTask<>(() -> {
                    Greenlet<String> first = Greenlets.spawn(name);
                    Greenlet<String> second = Greenlets.spawn(() -> Greenlets.spawn(name).get());
                    return List.of(first.get(), second.get(), first.name(), second.name());
                });
        Thread.ofPlatform().name("parent").start(parent);

        assertThat(parent.get())
                .containsExactly("parent/1 virtual", "parent/2/1 virtual", "parent/1", "parent/2");
    }

    @Test
    void aParentWithoutNameIsNamedByItsNumber() throws Exception {
        FutureTask<String> parent = new FutureTask<>(() -> Greenlets.spawn(() -> "").name());
        Thread unnamed = Thread.startVirtualThread(parent);

        assertThat(parent.get()).isEqualTo("thread-" + unnamed.threadId() + "/1");
    }

    @Test
    void theContextClassLoaderIsThatOfWhoSpawned() throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader application = new URLClassLoader(new URL[0])) {
            Thread.currentThread().setContextClassLoader(application);
            Greenlet<ClassLoader> child =
                    Greenlets.spawn(() -> Thread.currentThread().getContextClassLoader());
            assertThat(child.get()).isSameAs(application);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT-2562047788016H", "PT0.001S"})
    void getThatIsOverItsTimeSaysSoAndTheTaskGoesOn(Duration timeout) throws Exception {
        Greenlet<String> greenlet = Greenlets.spawn(this::held);

        assertThatExceptionOfType(TimeoutException.class)
                .isThrownBy(() -> greenlet.get(timeout))
                .withMessageStartingWith(greenlet.name() + ": no outcome within ");
        assertThat(greenlet.isDone()).isFalse();
        letGo.countDown();
        assertThat(greenlet.get(LONG)).isEqualTo("let go");
        assertThat(greenlet.get(Duration.ZERO)).isEqualTo("let go");
    }

    @Test
    void anyTimeoutCanBeGiven() throws Exception {
        Duration longest = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
        Greenlet<String> greenlet = Greenlets.spawn(() -> "done");

        assertThat(greenlet.get(longest)).isEqualTo("done");
        assertThat(greenlet.join(longest)).isTrue();
        assertThat(Greenlets.joinAll(List.of(greenlet), longest)).isTrue();
        assertThat(greenlet.kill(Duration.ofSeconds(Long.MIN_VALUE))).isTrue();
    }

    @Test
    void getThrowsWhatTheTaskThrew() {
        for (Throwable thrown : List.of(madeUp("failure"), new AssertionError("made up"))) {
            Greenlet<String> greenlet = Greenlets.spawn(failing(thrown));

            assertThat(catchThrowableOfType(ExecutionException.class, greenlet::get).getCause())
                    .isSameAs(thrown);
            assertThat(catchThrowableOfType(ExecutionException.class, () -> greenlet.get(LONG)))
                    .hasCause(thrown);
            assertThat(greenlet.exceptionNow()).isSameAs(thrown);
            assertThat(greenlet.state()).isEqualTo(Future.State.FAILED);
            assertThat(greenlet.isDone()).isTrue();
        }
    }

    @Test
    void whoWaitsCanBeInterruptedAndTheGreenletGoesOn() throws Exception {
        Greenlet<String> greenlet = Greenlets.spawn(this::held);

        assertInterruptible(greenlet::get);
        assertInterruptible(() -> greenlet.get(LONG));
        assertInterruptible(() -> {
            greenlet.join();
            return true;
        });
        assertInterruptible(() -> greenlet.join(LONG));
        assertInterruptible(() -> Greenlets.joinAll(List.of(greenlet), LONG));
        letGo.countDown();
        assertThat(greenlet.get()).isEqualTo("let go");
    }

    @Test
    void cancelInterruptsTheTask() throws Exception {
        Greenlet<String> greenlet = Greenlets.spawn(this::untilInterrupted);
        begun.await();

        assertThat(greenlet.cancel(true)).isTrue();

        interrupted.await();
        greenlet.join();
        assertThat(greenlet.isCancelled()).isTrue();
        assertThat(greenlet.isDone()).isTrue();
        assertThat(greenlet.state()).isEqualTo(Future.State.CANCELLED);
        assertThatExceptionOfType(CancellationException.class).isThrownBy(greenlet::get);
        assertThat(greenlet.cancel(true)).isFalse();
    }

    /** On a hub a child begins at the next blocking point of its parent, so not before this one. */
    @Test
    void aTaskThatIsCancelledBeforeItBeganNeverBegins() throws Exception {
        try (Workers workers = Workers.open(WorkerSettings.gevent(1))) {
            FutureTask<Greenlet<String>> parent =
                    new FutureTask<>(() -> {
                        Greenlet<String> child = Greenlets.spawn(this::untilInterrupted);
                        child.cancel(false);
                        return child;
                    });
            workers.executor().execute(parent);
            parent.get().join();
        }

        assertThat(begun.getCount()).isEqualTo(1);
    }

    @Test
    void cancelFreesATaskThatReadsFromASilentThirdParty() throws Exception {
        try (ServerSocket thirdParty = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket =
                        new Socket(thirdParty.getInetAddress(), thirdParty.getLocalPort())) {
            FutureTask<Boolean> freed = new FutureTask<>(() -> isCutOff(socket));
            Greenlet<Boolean> greenlet =
                    Greenlets.spawn(() -> {
                        freed.run();
                        return true;
                    });
            assertThat(greenlet.join(Duration.ofMillis(20))).isFalse();

            assertThat(greenlet.kill(LONG)).isTrue();

            assertThat(freed.get()).isTrue();
            assertThat(socket.isClosed()).isTrue();
        }
    }

    private static boolean isCutOff(Socket socket) throws Exception {
        try (InputStream in = socket.getInputStream()) {
            return in.read() == 0;
        } catch (SocketException expected) {
            return true;
        }
    }

    @Test
    void cancelWithoutInterruptLeavesTheTaskAlone() throws Exception {
        Greenlet<String> greenlet = Greenlets.spawn(this::untilInterrupted);

        begun.await();
        assertThat(greenlet.cancel(false)).isTrue();

        assertThat(greenlet.isDone()).isTrue();
        assertThat(greenlet.join(Duration.ofMillis(20))).isFalse();
        letGo.countDown();
        greenlet.join();
        assertThat(interrupted.getCount()).isEqualTo(1);
    }

    @Test
    void killWaitsForTheEndAndSaysIfItDidNotCome() throws Exception {
        Greenlet<String> deaf = Greenlets.spawn(this::deaf);
        Greenlet<String> hearing = Greenlets.spawn(this::untilInterrupted);
        begun.await();
        deafBegun.await();

        assertThat(hearing.kill(LONG)).isTrue();
        assertThat(deaf.kill(Duration.ofMillis(20))).isFalse();

        assertThat(deaf.isCancelled()).isTrue();
        letGo.countDown();
        deaf.join();
        assertThat(deaf.kill(Duration.ZERO)).isTrue();
    }

    @Test
    void aFailureNobodyAsksForIsLoggedWithItsStack() {
        IllegalStateException thrown = madeUp("a failure");
        Greenlet<String> greenlet = Greenlets.spawn(failing(thrown), SOON);

        await().until(() -> !log.warnings().isEmpty());

        assertThat(log.warnings())
                .containsExactly(
                        "WARNING "
                                + greenlet.name()
                                + ": failed, and nobody asked for its outcome within 5ms");
        assertThat(log.thrown()).containsExactly(thrown);
        assertThat(greenlet.exceptionNow()).isSameAs(thrown);
    }

    @Test
    void joiningIsNotAsking() throws Exception {
        Greenlet<String> greenlet = Greenlets.spawn(failing(madeUp("a failure")), SOON);

        assertThat(Greenlets.joinAll(List.of(greenlet), LONG)).isTrue();
        greenlet.join();
        assertThat(greenlet.state()).isEqualTo(Future.State.FAILED);

        await().until(() -> log.warnings().size() == 1);
    }

    @Test
    void whatIsAskedForIsNotLogged() throws Exception {
        for (int i = 0; i < 300; i++) {
            Greenlet<String> greenlet = Greenlets.spawn(failing(madeUp("asked for")), LONG);
            if (i % 3 == 0) {
                assertThatExceptionOfType(ExecutionException.class).isThrownBy(greenlet::get);
            } else if (i % 3 == 1) {
                assertThatExceptionOfType(ExecutionException.class)
                        .isThrownBy(() -> greenlet.get(LONG));
            } else {
                greenlet.join();
                assertThat(greenlet.exceptionNow()).isNotNull();
            }
            greenlet.join();
        }

        UnobservedFailure.logOpen(); // would log what is not taken back

        assertThat(log.warnings()).isEmpty();
    }

    /** The timer and the asker at about the same time: the first of the two gets the failure. */
    @Test
    void aFailureIsNeverLostBetweenTheTimerAndTheEndOfWorkers() throws Exception {
        List<Greenlet<String>> greenlets = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            greenlets.add(
                    Greenlets.spawn(failing(madeUp("failure " + i)), Duration.ofMillis(i % 3)));
            if (i % 50 == 0) {
                UnobservedFailure.logOpen();
            }
        }
        assertThat(Greenlets.joinAll(greenlets, LONG)).isTrue();

        await().until(() -> log.warnings().size() >= 2_000);

        assertThat(log.thrown()).hasSize(2_000).doesNotHaveDuplicates();
    }

    @Test
    void theEndOfWorkersLogsWhatNobodyHasAskedForSoFar() throws Exception {
        IllegalStateException thrown = madeUp("a failure");
        Workers workers = Workers.open(WorkerSettings.virtual(2));
        Greenlets.spawn(failing(thrown), LONG).join();
        assertThat(log.warnings()).isEmpty();

        workers.close();

        assertThat(log.thrown()).containsExactly(thrown);
        assertThat(log.warnings())
                .singleElement()
                .asString()
                .endsWith("nobody asked for its outcome until workers were closed");
    }

    @Test
    void howACancelledTaskEndsIsNoWarningUnlessItIsAnError() throws Exception {
        Greenlet<String> killed = Greenlets.spawn(this::untilInterrupted, Duration.ZERO);
        begun.await();
        killed.kill(LONG);
        UnobservedFailure.logOpen();
        assertThat(log.warnings()).isEmpty();

        AssertionError thrown = new AssertionError("made up by a test");
        Greenlet<String> broken =
                Greenlets.spawn(() -> {
                    deaf();
                    throw thrown;
                });
        deafBegun.await();
        broken.cancel(false);
        letGo.countDown();
        broken.join();

        assertThat(log.warnings())
                .containsExactly("WARNING " + broken.name() + ": thrown after it was cancelled");
        assertThat(log.thrown()).containsExactly(thrown);
    }
}
