package dev.treadle;

import static java.util.Objects.requireNonNull;

import dev.treadle.internal.base.Durations;
import dev.treadle.internal.base.HubUse;
import dev.treadle.internal.hub.Hub;
import dev.treadle.internal.hub.SliceMark;
import dev.treadle.internal.hub.SliceWatch;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * Runs several tasks at once within one request. With three calls to third parties, the request
 * takes as long as the slowest of them:
 *
 * <pre>{@code
 * var user = Greenlets.spawn(() -> users.find(id));
 * var offers = Greenlets.spawn(() -> shop.offersFor(id));
 * var score = Greenlets.spawn(() -> risk.score(id));
 * render(user.get(), offers.get(), score.get());
 * }</pre>
 *
 * <p><b>Where they run.</b> The children of a greenlet of a hub run on that hub: on the same
 * carrier, never interleaved with it between two blocking points. The same holds for the JDK's own
 * ways to start a virtual thread ({@link Thread#startVirtualThread}, {@link
 * java.util.concurrent.Executors#newVirtualThreadPerTaskExecutor}, structured concurrency). It does
 * not hold for tasks in a pool ({@link java.util.concurrent.CompletableFuture#supplyAsync},
 * parallel streams). Everywhere else, that is with the models {@code virtual} and {@code threads}
 * and outside a request, they are virtual threads of the JDK's scheduler.
 *
 * <p><b>They are not requests.</b> They take no place of the N, and no container waits for them: a
 * request may be answered while its children run. A harakiri or the end of a drain interrupts the
 * request's own thread, not its children; a {@code get} that is interrupted so leaves the children
 * running. Closing the workers does not wait for them either; on a closed hub they still run to
 * their end. Where that matters, {@link Greenlet#cancel} them in a {@code finally}.
 *
 * <p><b>Inheritance.</b> A child inherits the context class loader and inheritable thread-locals,
 * as every virtual thread does. It does not inherit ordinary thread-locals: a transaction, a
 * security context or a logging context that is bound to the request's thread is not there, unless
 * a {@link SpawnContext} carries it.
 *
 * <p>Safe for any thread.
 *
 * @since 0.2.0
 */
public final class Greenlets {
    private static final Logger LOG = System.getLogger("dev.treadle.workers");

    /** How many children the current thread has spawned. */
    private static final ThreadLocal<long[]> CHILDREN = ThreadLocal.withInitial(() -> new long[1]);

    private Greenlets() {}

    /** Found at the first spawn, and not when somebody asks for a hub. */
    private static final class Contexts {
        private static final List<SpawnContext> ALL = load();

        private static List<SpawnContext> load() {
            List<SpawnContext> found = new ArrayList<>();
            ServiceLoader.load(SpawnContext.class, Greenlets.class.getClassLoader()).stream()
                    .forEach(provider -> {
                        try {
                            found.add(provider.get());
                        } catch (ServiceConfigurationError broken) {
                            LOG.log(
                                    Level.WARNING,
                                    "spawn: " + provider.type() + " carries no context",
                                    broken);
                        }
                    });
            return List.copyOf(found);
        }

        static <T extends @Nullable Object> Callable<T> wrap(Callable<T> task) {
            Callable<T> wrapped = task;
            for (SpawnContext context : ALL) {
                wrapped = context.wrap(wrapped);
            }
            return wrapped;
        }
    }

    /**
     * Code that may throw.
     *
     * @param <E> what it may throw
     */
    @FunctionalInterface
    public interface Block<E extends Exception> {
        /** Runs it. */
        void run() throws E;
    }

    /**
     * Starts the task on a virtual thread of its own, and does not wait for it. On a hub it begins
     * at the next blocking point of the current greenlet, after those that wait already.
     *
     * @param <T> what the task returns
     */
    public static <T extends @Nullable Object> Greenlet<T> spawn(Callable<T> task) {
        return spawn(task, UnobservedFailure.ASK_WITHIN);
    }

    static <T extends @Nullable Object> Greenlet<T> spawn(Callable<T> task, Duration askWithin) {
        requireNonNull(task, "task");
        Greenlet<T> greenlet = new Greenlet<>(nextChildName(), Contexts.wrap(task), askWithin);
        greenlet.start();
        return greenlet;
    }

    private static String nextChildName() {
        Thread parent = Thread.currentThread();
        String name = parent.getName();
        return (name.isEmpty() ? "thread-" + parent.threadId() : name) + "/" + ++CHILDREN.get()[0];
    }

    /**
     * Waits until all of these have ended, at most so long in all. It does not throw their
     * exceptions, and cancels none of them. Ask each for its outcome ({@link Greenlet#get()}), and
     * cancel those that are not needed any more.
     *
     * @param timeout for all of them together; zero or negative: only looks
     * @return whether all have ended; {@link Greenlet#isDone} tells it for each
     * @throws InterruptedException if the current thread is interrupted; the greenlets go on
     */
    public static boolean joinAll(Collection<? extends Greenlet<?>> greenlets, Duration timeout)
            throws InterruptedException {
        requireNonNull(greenlets, "greenlets");
        long nanos = Math.max(0, TimeUnit.NANOSECONDS.convert(timeout));
        long start = System.nanoTime();
        boolean all = true;
        for (Greenlet<?> greenlet : greenlets) {
            all &= greenlet.join(Duration.ofNanos(nanos - (System.nanoTime() - start)));
        }
        return all;
    }

    /**
     * Lets the other ready greenlets of this hub run first, and goes on after them; the same as
     * gevent's {@code sleep(0)}. Use it within a long computation to keep a hub responsive. On a
     * thread without a hub it is the same as {@link Thread#yield}. Call it with the name of the
     * class, because {@code yield} alone is a keyword.
     */
    @SuppressWarnings({
        "NamedLikeContextualKeyword", // as Thread.yield
        "ThreadPriorityCheck" // not to be correct, but to be fair
    })
    public static void yield() {
        Thread.yield();
    }

    /**
     * Returns the number of the hub that the current greenlet is on, from 0; empty on any other
     * thread. A greenlet stays on its hub for its whole life.
     */
    public static OptionalInt hub() {
        SliceMark current = SliceMark.current();
        return current == null ? OptionalInt.empty() : OptionalInt.of(current.hubIndex());
    }

    /**
     * Returns how often the current greenlet has had its hub, the present time included: one more
     * than it has given way. Empty on any other thread, and in a virtual thread that the
     * application has started by itself.
     *
     * <p>A greenlet may run one request of a connection after the other, so a request had the
     * difference between two calls.
     */
    public static OptionalLong slices() {
        HubUse use = Hub.currentUse();
        return use == null || !use.isCounted()
                ? OptionalLong.empty()
                : OptionalLong.of(use.slices());
    }

    /**
     * Runs the block, and fails if the current greenlet did not give up its hub meanwhile. It is
     * for tests that code is really cooperative, as gevent's {@code assert_switches()}.
     *
     * <p>Code that could block and did not need to (a read of what had arrived already) has not
     * given up its hub.
     *
     * @param <E> the exception that the block may throw
     * @throws AssertionError if no other greenlet of the hub could run in between
     * @throws IllegalStateException if the current thread is no greenlet of a hub
     * @throws E the exception of the block; then nothing is asserted
     */
    public static <E extends Exception> void assertSwitches(Block<E> block) throws E {
        requireNonNull(block, "block");
        SliceMark before = currentSlice();
        long start = System.nanoTime();
        block.run();
        if (before.isSame(SliceMark.current())) {
            throw new AssertionError(
                    Thread.currentThread().getName()
                            + ": did not give up "
                            + before.hub()
                            + " in "
                            + millis(Duration.ofNanos(System.nanoTime() - start))
                            + " (expected: at least once)");
        }
    }

    /**
     * Runs the block, and fails if the current greenlet held its hub for longer than {@code
     * maxBlocking} without a break; the cause of the error shows where. A block that takes no
     * longer need not give up its hub at all. As gevent's {@code
     * assert_switches(max_blocking_time=...)}, but the time of other greenlets of the hub does not
     * count.
     *
     * <p>A watch checks four times in {@code maxBlocking}, at most 5,000 times a second. A slice
     * that is only a little too long may be missed if the block went on after it. The time is that
     * of the clock: on an overloaded machine a greenlet also holds its hub while the carrier waits
     * for a processor.
     *
     * @param maxBlocking greater than zero
     * @param <E> the exception that the block may throw
     * @throws AssertionError if it held its hub for longer
     * @throws IllegalStateException if the current thread is no greenlet of a hub, or this JDK does
     *     not tell the carrier of a virtual thread as JDK 21 to 28 do
     * @throws E the exception of the block; then nothing is asserted
     */
    public static <E extends Exception> void assertSwitches(Duration maxBlocking, Block<E> block)
            throws E {
        requireNonNull(block, "block");
        if (maxBlocking.isNegative() || maxBlocking.isZero()) {
            throw new IllegalArgumentException(
                    "maxBlocking: " + Durations.format(maxBlocking) + " (expected: > 0)");
        }
        SliceMark before = currentSlice();
        try (SliceWatch watch = SliceWatch.start(before, maxBlocking)) {
            block.run();
            watch.hold()
                    .ifPresent(hold -> {
                        throw heldTooLong(before.hub(), hold, maxBlocking);
                    });
        }
    }

    private static SliceMark currentSlice() {
        SliceMark current = SliceMark.current();
        if (current == null) {
            throw new IllegalStateException(
                    "assertSwitches: on "
                            + Thread.currentThread()
                            + " (expected: a greenlet of a hub); call it within a request or a task of"
                            + " workers whose model is gevent");
        }
        return current;
    }

    private static AssertionError heldTooLong(
            String hub, SliceWatch.Hold hold, Duration maxBlocking) {
        String name = Thread.currentThread().getName();
        Throwable where = new Throwable("where " + name + " stood");
        where.setStackTrace(hold.stack().toArray(StackTraceElement[]::new));
        return new AssertionError(
                name
                        + ": held "
                        + hub
                        + " for "
                        + millis(hold.time())
                        + " (expected: at most "
                        + Durations.format(maxBlocking)
                        + ")",
                where);
    }

    private static String millis(Duration measured) {
        return String.format(Locale.ROOT, "%.3f ms", measured.toNanos() / 1e6);
    }
}
