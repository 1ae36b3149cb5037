package dev.treadle.launcher.stats;

import dev.treadle.stats.RequestReport;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The report of the requests, shared by all who ask for one in the same second if there are many
 * requests. A report of ten thousand requests makes some ten megabytes of stacks: a page, a
 * terminal and a list that are asked for each second would have the collector stop the server
 * several times. A report of few requests is made for each.
 *
 * <p>Safe for any thread. One thread makes a report, and others who ask meanwhile wait for it.
 */
final class SharedReport {
    /** From so many requests on a report is shared. */
    static final int MANY = 1_000;

    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Supplier<RequestReport> source;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Made last; // guarded by lock

    private record Made(RequestReport report, long nanoTime) {
        boolean isFresh() {
            return System.nanoTime() - nanoTime < KEPT_NANOS;
        }
    }

    /**
     * @param source makes a report
     */
    SharedReport(Supplier<RequestReport> source) {
        this.source = source;
    }

    /** Returns a report that is at most a second old. */
    RequestReport get() {
        lock.lock();
        try {
            return made().report();
        } finally {
            lock.unlock();
        }
    }

    private Made made() {
        Made known = last;
        if (known != null && known.isFresh()) {
            return known;
        }
        Made fresh = new Made(source.get(), System.nanoTime());
        if (fresh.report().requests().size() >= MANY) {
            last = fresh;
            CompletableFuture.delayedExecutor(KEPT_NANOS, TimeUnit.NANOSECONDS)
                    .execute(() -> forget(fresh));
        }
        return fresh;
    }

    private void forget(Made made) {
        lock.lock();
        try {
            if (made.equals(last)) {
                last = null;
            }
        } finally {
            lock.unlock();
        }
    }
}
