package dev.treadle;

import static java.util.Objects.requireNonNull;

import dev.treadle.internal.base.Durations;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A task that {@link Greenlets#spawn} started on a virtual thread of its own, and its outcome. It
 * need not be closed: a greenlet that nobody waits for ends by itself.
 *
 * <p>It is a {@link Future}. These are the counterparts of gevent's methods:
 *
 * <table>
 * <caption>gevent's names and these</caption>
 * <tr><th>gevent</th><th>here</th></tr>
 * <tr><td>{@code get()}, {@code get(timeout=t)}</td><td>{@link #get()}, {@link #get(Duration)}</td></tr>
 * <tr><td>{@code join()}, {@code join(t)}</td><td>{@link #join()}, {@link #join(Duration)}</td></tr>
 * <tr><td>{@code kill(timeout=t)}, {@code kill(block=False)}</td><td>{@link #kill}, {@link #cancel cancel(true)}</td></tr>
 * <tr><td>{@code ready()}</td><td>{@link #isDone}</td></tr>
 * <tr><td>{@code successful()}</td><td>{@link #state} is {@code SUCCESS}</td></tr>
 * <tr><td>{@code value}, {@code exception}</td><td>{@link #resultNow}, {@link #exceptionNow}</td></tr>
 * </table>
 *
 * <p><b>No exception is lost.</b> A caller of {@code get} or {@link #exceptionNow} gets the
 * exception of the task. If no caller has asked 10 seconds after the failure, or by the time any
 * workers of this JVM are closed ({@link Workers#close}), it is logged with its stack, as {@code
 * WARNING} of the logger {@code dev.treadle.greenlets}. It is not logged at once, as gevent does: a
 * request that waits for the first of three calls has not had the time to ask for the other two. A
 * later caller gets the exception all the same. A call of {@code join} only waits: it does not
 * count as asking for the exception.
 *
 * <p>An exception after the task was cancelled is taken as the effect of the cancellation, and
 * logged as {@code DEBUG}; an {@link Error} is still logged as {@code WARNING}.
 *
 * <p>Safe for any thread. Actions of the task happen before another thread returns from {@code get}
 * with its outcome, or from a {@code join} that returned true.
 *
 * @param <T> what the task returns
 * @since 0.2.0
 */
public final class Greenlet<T extends @Nullable Object> implements Future<T> {
    private static final Logger LOG = System.getLogger("dev.treadle.greenlets");

    private final Task task;
    private final Thread thread;
    private final UnobservedFailure failure;

    /**
     * @param name of its thread
     * @param askWithin how long after a failure it is not logged yet
     */
    Greenlet(String name, Callable<T> callable, Duration askWithin) {
        task = new Task(callable);
        failure = new UnobservedFailure(name, askWithin);
        thread = Thread.ofVirtual().name(name).unstarted(task);
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
    }

    void start() {
        thread.start();
    }

    private final class Task extends FutureTask<T> {
        Task(Callable<T> callable) {
            super(callable);
        }

        @Override
        protected void setException(Throwable thrown) {
            super.setException(thrown); // does nothing if it is cancelled
            if (!isCancelled()) {
                failure.happened(thrown);
            } else {
                LOG.log(
                        thrown instanceof Error ? Level.WARNING : Level.DEBUG,
                        name() + ": thrown after it was cancelled",
                        thrown);
            }
        }
    }

    /**
     * Returns the name of its thread: that of the thread which spawned it, a slash, and a number
     * that counts the children of that thread from 1, such as {@code treadle-gevent-12/3}.
     */
    public String name() {
        return thread.getName();
    }

    /**
     * Waits for the outcome.
     *
     * @return what the task returned
     * @throws ExecutionException if the task threw; the cause is what it threw
     * @throws java.util.concurrent.CancellationException if it was cancelled
     * @throws InterruptedException if the current thread is interrupted; the greenlet goes on
     */
    @Override
    public T get() throws InterruptedException, ExecutionException {
        try {
            return task.get();
        } catch (ExecutionException failed) {
            failure.asked();
            throw failed;
        }
    }

    /**
     * Waits for the outcome, at most so long.
     *
     * @param timeout zero or negative: not at all
     * @return what the task returned
     * @throws ExecutionException if the task threw; the cause is what it threw
     * @throws TimeoutException if there is no outcome by then; the greenlet goes on
     * @throws java.util.concurrent.CancellationException if it was cancelled
     * @throws InterruptedException if the current thread is interrupted; the greenlet goes on
     */
    public T get(Duration timeout)
            throws InterruptedException, ExecutionException, TimeoutException {
        requireNonNull(timeout, "timeout");
        return get(
                TimeUnit.NANOSECONDS.convert(timeout),
                TimeUnit.NANOSECONDS,
                Durations.format(timeout));
    }

    /** The same as {@link #get(Duration)}. */
    @Override
    public T get(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        return get(timeout, unit, timeout + " " + unit);
    }

    private T get(long timeout, TimeUnit unit, String shown)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            return task.get(timeout, unit);
        } catch (ExecutionException failed) {
            failure.asked();
            throw failed;
        } catch (TimeoutException late) {
            throw new TimeoutException(name() + ": no outcome within " + shown);
        }
    }

    /**
     * Waits until its thread has ended, in any way. This holds after a cancellation too: its
     * outcome is there at once, but the task may still run for a while.
     *
     * @throws InterruptedException if the current thread is interrupted; the greenlet goes on
     */
    public void join() throws InterruptedException {
        thread.join();
    }

    /**
     * Waits until its thread has ended, at most so long.
     *
     * @param timeout zero or negative: not at all
     * @return whether it has ended
     * @throws InterruptedException if the current thread is interrupted; the greenlet goes on
     */
    public boolean join(Duration timeout) throws InterruptedException {
        return thread.join(requireNonNull(timeout, "timeout"));
    }

    /**
     * Abandons the task, and does not wait for it: the outcome is {@code CANCELLED} from now on,
     * even if the task goes on. A task that has not begun will not run.
     *
     * @param interrupt whether to interrupt the task: it gets an {@link InterruptedException} where
     *     it waits, and on a socket an {@link java.io.IOException} that leaves the socket closed. A
     *     task that neither waits nor looks at its interrupt goes on to its end
     * @return false if it had ended or was cancelled before
     */
    @Override
    public boolean cancel(boolean interrupt) {
        return task.cancel(interrupt);
    }

    /**
     * Cancels it with an interrupt and waits until its thread has ended, at most so long.
     *
     * @param timeout zero or negative: not at all
     * @return whether it has ended
     * @throws InterruptedException if the current thread is interrupted; the greenlet is cancelled
     *     all the same
     */
    public boolean kill(Duration timeout) throws InterruptedException {
        requireNonNull(timeout, "timeout");
        cancel(true);
        return join(timeout);
    }

    @Override
    public boolean isCancelled() {
        return task.isCancelled();
    }

    /** Whether there is an outcome: the task returned, threw, or was cancelled. */
    @Override
    public boolean isDone() {
        return task.isDone();
    }

    @Override
    public T resultNow() {
        return task.resultNow();
    }

    @Override
    public Throwable exceptionNow() {
        Throwable thrown = task.exceptionNow();
        failure.asked();
        return thrown;
    }

    @Override
    public State state() {
        return task.state();
    }

    /** Returns its name and {@link #state}. */
    @Override
    public String toString() {
        return "Greenlet[" + name() + ", " + state() + "]";
    }
}
