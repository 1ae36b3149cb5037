package dev.treadle.launcher;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts records of the access log that were not written, and reports them: the first at once, and
 * then once a minute while there are more. A thread of its own reports, since the one that writes
 * may be held by the disk, and requests are not to wait for the log.
 */
final class Losses {
    private static final Logger LOG = System.getLogger("dev.treadle.launcher");
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final AtomicLong lost = new AtomicLong();
    private final AtomicBoolean reporting = new AtomicBoolean();
    private volatile @Nullable IOException failure;

    /** Counts records for which there was no room. */
    void add(int records) {
        lost.addAndGet(records);
        if (!reporting.get() && reporting.compareAndSet(false, true)) {
            Thread.ofPlatform()
                    .daemon()
                    .name("treadle-request-log-losses")
                    .start(this::reportInTurn);
        }
    }

    /** Counts records that could not be written. */
    void failed(int records, IOException why) {
        failure = why;
        add(records);
    }

    private void reportInTurn() {
        try {
            while (report()) {
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException unasked) {
            LOG.log(Level.DEBUG, "nobody interrupts this thread", unasked);
        } finally {
            reporting.set(false);
            if (lost.get() > 0) {
                add(0); // lost since the last look
            }
        }
    }

    /** Reports what was lost since the last report; returns whether there was anything. */
    boolean report() {
        long count = lost.getAndSet(0);
        if (count == 0) {
            return false;
        }
        IOException why = failure;
        failure = null;
        LOG.log(
                Level.WARNING,
                "access log: {0} lines were dropped: {1}",
                String.valueOf(count),
                why == null ? "they came faster than they could be written" : why.toString());
        return true;
    }
}
