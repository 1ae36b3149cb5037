package dev.treadle.agent;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * The classes of the application call these methods where they make pools, once the agent has
 * rewritten them ({@code monkey-patch=executors}). Nobody else has a use for them.
 *
 * <p>The pool stays the JDK's own, with its bound, queue, policy and end. Its thread factory alone
 * is another: {@link PoolThreads}.
 *
 * @since 0.2.0
 */
public final class Pools {
    private static volatile @Nullable Patch patch;

    private record Patch(PoolReport report, CoreSide core) {
        PoolThreads threads(ThreadFactory own, PoolReport.Place place) {
            return own instanceof PoolThreads already ? already : new PoolThreads(own, place, core);
        }
    }

    private Pools() {}

    static void start(PoolReport report, CoreSide core) {
        patch = new Patch(report, core);
    }

    /** A server is about to start. The agent calls this one itself. */
    public static void serverStarts() {
        Patch present = patch;
        if (present != null) {
            present.report().serverStarts();
        }
    }

    /**
     * After a constructor of a pool.
     *
     * @param pool has made no thread yet
     * @param kind the name of what made it
     * @param code the class and the line
     */
    public static void made(ThreadPoolExecutor pool, String kind, String code) {
        Patch present = patch;
        if (present != null) {
            PoolReport.Place place = present.report().changed(code, kind);
            place.bounded(pool.getMaximumPoolSize());
            pool.setThreadFactory(present.threads(pool.getThreadFactory(), place));
        }
    }

    /**
     * After a method of {@link Executors}.
     *
     * @param made its result
     * @param kind its name
     * @param code the class and the line
     * @return the same
     */
    public static ExecutorService made(ExecutorService made, String kind, String code) {
        if (made instanceof ThreadPoolExecutor pool) {
            made(pool, kind, code);
        } else {
            left(kind, "it is a " + made.getClass().getName(), code);
        }
        return made;
    }

    /**
     * Before {@link Executors#newSingleThreadExecutor(ThreadFactory)}, whose result does not tell
     * its pool.
     *
     * @param own its argument
     * @param code the class and the line
     * @return what the argument is to be
     */
    public static @Nullable ThreadFactory single(@Nullable ThreadFactory own, String code) {
        Patch present = patch;
        if (present == null || own == null) {
            return own;
        }
        PoolReport.Place place = present.report().changed(code, "newSingleThreadExecutor");
        place.bounded(1);
        return present.threads(own, place);
    }

    /**
     * Before something that is left as it is.
     *
     * @param kind its name
     * @param reason why
     * @param code the class and the line
     */
    public static void left(String kind, String reason, String code) {
        Patch present = patch;
        if (present != null) {
            present.report().left(code, kind, reason);
        }
    }

    /**
     * In place of {@link ThreadPoolExecutor#getThreadFactory}.
     *
     * @param pool its receiver
     * @return the factory that the application has given
     */
    public static ThreadFactory getThreadFactory(ThreadPoolExecutor pool) {
        ThreadFactory factory = pool.getThreadFactory();
        return factory instanceof PoolThreads threads ? threads.own() : factory;
    }

    /**
     * In place of {@link ThreadPoolExecutor#setThreadFactory}.
     *
     * @param pool its receiver
     * @param factory its argument
     */
    public static void setThreadFactory(ThreadPoolExecutor pool, ThreadFactory factory) {
        boolean changes =
                factory != null
                        && !(factory instanceof PoolThreads)
                        && pool.getThreadFactory() instanceof PoolThreads;
        pool.setThreadFactory(
                changes ? ((PoolThreads) pool.getThreadFactory()).with(factory) : factory);
    }

    // The rest are for method references, whose first argument is bound.

    /** As {@code Executors::newFixedThreadPool}. */
    public static ExecutorService newFixedThreadPool(String code, int threads) {
        return made(Executors.newFixedThreadPool(threads), "newFixedThreadPool", code);
    }

    /** As {@code Executors::newFixedThreadPool}. */
    public static ExecutorService newFixedThreadPool(
            String code, int threads, ThreadFactory factory) {
        return made(Executors.newFixedThreadPool(threads, factory), "newFixedThreadPool", code);
    }

    /** As {@code Executors::newCachedThreadPool}. */
    public static ExecutorService newCachedThreadPool(String code) {
        return made(Executors.newCachedThreadPool(), "newCachedThreadPool", code);
    }

    /** As {@code Executors::newCachedThreadPool}. */
    public static ExecutorService newCachedThreadPool(String code, ThreadFactory factory) {
        return made(Executors.newCachedThreadPool(factory), "newCachedThreadPool", code);
    }

    /** As {@code Executors::newSingleThreadExecutor}. */
    public static ExecutorService newSingleThreadExecutor(String code) {
        return newSingleThreadExecutor(code, Executors.defaultThreadFactory());
    }

    /** As {@code Executors::newSingleThreadExecutor}. */
    @SuppressWarnings("NullAway") // the JDK throws, as without the agent
    public static ExecutorService newSingleThreadExecutor(String code, ThreadFactory factory) {
        return Executors.newSingleThreadExecutor(single(factory, code));
    }
}
