package dev.treadle.launcher;

import dev.treadle.launcher.host.ServedRequest;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Logs requests that took longer than allowed, each in one line.
 *
 * @param nanos the longest time that is not logged
 */
record SlowRequests(long nanos) {
    private static final Logger LOG = System.getLogger("dev.treadle.launcher");

    /** A path is shown up to here. */
    private static final int LONGEST_PATH = 200;

    /** Logs requests that took longer than this; null: none. */
    static SlowRequests longerThan(@Nullable Duration limit) {
        return new SlowRequests(
                limit == null ? Long.MAX_VALUE : TimeUnit.NANOSECONDS.convert(limit));
    }

    boolean is(ServedRequest request) {
        return request.times().totalNanos() > nanos;
    }

    void report(ServedRequest request) {
        if (is(request)) {
            LOG.log(Level.WARNING, "{0}", line(request));
        }
    }

    private static String line(ServedRequest request) {
        ServedRequest.Times times = request.times();
        String ran =
                times.runNanos() < 0 ? "not admitted" : "run " + millis(times.runNanos()) + " ms";
        return "slow request: "
                + AccessLine.escaped(request.head().method())
                + " "
                + path(request.head().path())
                + " took "
                + millis(times.totalNanos())
                + " ms (queue "
                + millis(times.queueNanos())
                + " ms, "
                + ran
                + (times.hub() < 0 ? "" : ", hub " + times.hub())
                + "), status "
                + request.status()
                + ", client "
                + AccessLine.escaped(request.client());
    }

    private static String path(String path) {
        return path.length() <= LONGEST_PATH
                ? AccessLine.escaped(path)
                : AccessLine.escaped(path.substring(0, LONGEST_PATH)) + "...";
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
