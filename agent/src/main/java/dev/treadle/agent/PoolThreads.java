package dev.treadle.agent;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

import java.lang.Thread.UncaughtExceptionHandler;
import java.util.concurrent.ThreadFactory;

/**
 * The factory of a pool that is made cooperative. It lets the pool's own factory make a platform
 * thread, which is never started. It returns a virtual thread with the same name, context class
 * loader, inherited values and handler, which runs what the platform thread would. Safe for any
 * thread.
 */
final class PoolThreads implements ThreadFactory {
    private static final PoolKeeper KEEPER = new PoolKeeper();
    private static final Inherited INHERITED = new Inherited();

    private final ThreadFactory own;
    private final PoolReport.Place place;
    private final CoreSide core;

    /** The group of threads that a factory makes without a thought. */
    private final ThreadGroup usual = Thread.currentThread().getThreadGroup();

    /** Finds out if a new thread inherits values, which no method of a thread tells. */
    private static final class Inherited extends InheritableThreadLocal<boolean[]> {
        @Override
        protected boolean[] childValue(boolean[] seen) {
            seen[0] = true;
            return seen;
        }
    }

    /**
     * @param own the factory that the pool has without the agent
     */
    PoolThreads(ThreadFactory own, PoolReport.Place place, CoreSide core) {
        this.own = own;
        this.place = place;
        this.core = core;
    }

    /** Returns the factory that the pool has without the agent. */
    ThreadFactory own() {
        return own;
    }

    /** Returns a factory for the same pool. */
    PoolThreads with(ThreadFactory other) {
        return new PoolThreads(other, place, core);
    }

    @Override
    public @Nullable Thread newThread(Runnable task) {
        boolean[] inherits = {false};
        INHERITED.set(inherits);
        Thread pattern;
        try {
            pattern = own.newThread(task);
        } finally {
            INHERITED.remove();
        }
        String reason = reasonToKeep(pattern);
        if (reason != null) {
            place.leave(reason);
            return pattern;
        }
        place.threadNamed(pattern.getName());
        Thread worker =
                core.virtualThread(
                        pattern.getName(),
                        inherits[0],
                        pattern.isDaemon() ? pattern : () -> runKept(pattern));
        worker.setContextClassLoader(pattern.getContextClassLoader());
        // with none of its own this is its group, which has the last word on a platform thread too
        worker.setUncaughtExceptionHandler(pattern.getUncaughtExceptionHandler());
        if (!pattern.isDaemon()) {
            KEEPER.made(worker);
        }
        return worker;
    }

    private @Nullable String reasonToKeep(@Nullable Thread pattern) {
        if (pattern == null) {
            return "its thread factory has returned no thread";
        }
        if (pattern.isVirtual()) {
            return "its thread factory makes virtual threads";
        }
        if (!pattern.getClass().equals(Thread.class)) {
            return "its thread factory makes threads of a class of its own, "
                    + pattern.getClass().getName();
        }
        if (pattern.getState() != Thread.State.NEW) {
            return "its thread factory starts the thread";
        }
        if (!isUsual(pattern.getThreadGroup())) {
            return "its threads have a thread group of their own, "
                    + pattern.getThreadGroup().getName();
        }
        return null;
    }

    /** The group of the thread that made the pool or gives it the task, or one of the JDK's. */
    private boolean isUsual(ThreadGroup group) {
        return group.equals(usual)
                || group.equals(Thread.currentThread().getThreadGroup())
                || group.getParent() == null
                || (group.getParent().getParent() == null && group.getName().equals("main"));
    }

    /**
     * A platform thread that is no daemon keeps the JVM alive until its handler has returned. So
     * the handler is called here, and not by the JVM after this.
     */
    private static void runKept(Runnable pattern) {
        KEEPER.begun();
        try {
            pattern.run();
        } catch (Throwable uncaught) {
            report(uncaught);
        } finally {
            KEEPER.ended();
        }
    }

    private static void report(Throwable uncaught) {
        Thread worker = Thread.currentThread();
        try {
            UncaughtExceptionHandler handler = requireNonNull(worker.getUncaughtExceptionHandler());
            handler.uncaughtException(worker, uncaught);
        } catch (Throwable ignored) {
            // as the JVM does
        }
    }
}
