package dev.treadle;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Interrupts requests that run longer than allowed, as uWSGI's harakiri does, and logs where each
 * one stood. A request that ignores the interrupt goes on holding its place: the thread cannot be
 * taken from it. One daemon thread, only where the setting is on; a request is interrupted once, at
 * most a quarter of the limit (and at most one second) late.
 */
final class Harakiri implements AutoCloseable {
    private static final Logger LOG = System.getLogger("dev.treadle.harakiri");
    private static final Duration COARSEST = Duration.ofSeconds(1);

    private final Gate gate;
    private final Duration longest;
    private final WorkerModel model;
    private final LongAdder struck = new LongAdder();
    private final Thread thread;
    private volatile boolean closed;

    Harakiri(Gate gate, Duration longest, WorkerModel model) {
        this.gate = gate;
        this.longest = longest;
        this.model = model;
        this.thread = Thread.ofPlatform().daemon().name("treadle-harakiri").unstarted(this::watch);
    }

    Harakiri start() {
        thread.start();
        return this;
    }

    long struck() {
        return struck.sum();
    }

    private void watch() {
        Duration quarter = longest.dividedBy(4);
        Duration period = quarter.compareTo(COARSEST) < 0 ? quarter : COARSEST;
        while (!closed) {
            LockSupport.parkNanos(this, Math.max(period.toNanos(), 1_000_000));
            gate.forEachInside(this::look);
        }
    }

    private void look(Permit permit) {
        if (permit.age().compareTo(longest) > 0 && !permit.interrupted()) {
            StackTraceElement[] stack = permit.stack();
            struck.increment(); // first: who sees the answer sees the count
            permit.interrupt();
            LOG.log(Level.WARNING, () -> message(permit, stack));
        }
    }

    private String message(Permit permit, StackTraceElement[] stack) {
        StringBuilder text =
                new StringBuilder("harakiri: ")
                        .append(permit)
                        .append(" on ")
                        .append(model)
                        .append(" ran longer than ")
                        .append(Durations.format(longest))
                        .append(" and is interrupted");
        for (StackTraceElement element : stack) {
            text.append(" | ").append(element);
        }
        return text.toString();
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
