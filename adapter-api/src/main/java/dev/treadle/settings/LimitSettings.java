package dev.treadle.settings;

import static java.util.Objects.requireNonNull;

import dev.treadle.internal.base.Durations;
import dev.treadle.internal.base.PathPattern;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * An inner limit: how many requests may be at one dependency at a time, so that a slow one cannot
 * take every place of the gate.
 *
 * @param name the name of the limit: a path pattern as servlets map them ({@code /checkout} is that
 *     path, {@code /checkout/*} all at and below it, {@code *.pdf} all that end so, {@code /*}
 *     all), which the gate applies to each request, to its path inside the application and to the
 *     whole path; or a plain name such as {@code payments}, which code asks for with {@link
 *     dev.treadle.Workers#limit(String, int)}
 * @param limit how many at a time, [1, 10,000,000]
 * @param queue how many may wait in the queue of this limit, [0, 10,000,000]; 0: none
 * @param queueTimeout how long one may wait there, [1 ms, 30 days]; of a limit by path no longer
 *     than {@link WorkerSettings#queueTimeout}, which is the time for this queue and that of the
 *     gate
 * @since 0.2.0
 */
public record LimitSettings(String name, int limit, int queue, Duration queueTimeout) {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,63}");

    /**
     * @throws InvalidSettingException if a value is out of its range
     */
    public LimitSettings {
        requireNonNull(name, "name");
        requireNonNull(queueTimeout, "queueTimeout");
        String label = "limit " + name;
        if (!isName(name)) {
            throw new InvalidSettingException(
                    "limit", name, PathPattern.EXPECTED + ", or a plain name such as payments");
        }
        if (limit < 1 || limit > WorkerSettings.MAX_COUNT) {
            throw new InvalidSettingException(
                    label,
                    String.valueOf(limit),
                    "a whole number from 1 to " + WorkerSettings.MAX_COUNT);
        }
        if (queue < 0 || queue > WorkerSettings.MAX_COUNT) {
            throw new InvalidSettingException(
                    "queue of " + label,
                    String.valueOf(queue),
                    "a whole number from 0 to " + WorkerSettings.MAX_COUNT);
        }
        if (!WorkerSettings.inRange(queueTimeout, WorkerSettings.MIN_DURATION)) {
            throw new InvalidSettingException(
                    "queue-timeout of " + label,
                    Durations.format(queueTimeout),
                    WorkerSettings.expectedDuration(WorkerSettings.MIN_DURATION));
        }
    }

    /** Whether a limit can have this name. */
    static boolean isName(String name) {
        return isPath(name) ? PathPattern.isOne(name) : PLAIN.matcher(name).matches();
    }

    private static boolean isPath(String name) {
        return name.startsWith("/") || name.startsWith("*");
    }

    /** Whether the gate applies it to requests by their path. */
    public boolean isPath() {
        return isPath(name);
    }

    /** Returns it as settings write it, such as {@code /checkout/*=50:50:10s}. */
    @Override
    public String toString() {
        return name + "=" + limit + ":" + queue + ":" + Durations.format(queueTimeout);
    }
}
