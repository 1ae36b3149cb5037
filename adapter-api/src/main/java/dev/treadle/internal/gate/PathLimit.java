package dev.treadle.internal.gate;

import dev.treadle.internal.base.PathPattern;
import dev.treadle.settings.LimitSettings;
import dev.treadle.settings.QueueOrder;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.stats.LimitStats;

/**
 * An inner limit that the gate applies by path. A request takes its place here before the gate's
 * own count, and holds it until it is complete. So requests that wait for a slow dependency take no
 * place from the others. No deadlock is possible: a request inside the gate waits for no limit of
 * this kind.
 */
record PathLimit(LimitSettings settings, PathPattern pattern, Limiter limiter) {
    static PathLimit of(LimitSettings settings, Limiter.QueueListener listener) {
        return new PathLimit(
                settings,
                PathPattern.parse(settings.name()),
                new Limiter(settings.limit(), settings.queue(), settings.queueTimeout(), listener));
    }

    /** Returns this limit with other numbers and the same limiter: requests inside stay counted. */
    PathLimit changed(LimitSettings to, QueueOrder order) {
        limiter.change(to.limit(), to.queue(), to.queueTimeout(), order);
        return new PathLimit(to, pattern, limiter);
    }

    boolean isNamedAs(LimitSettings other) {
        return settings.name().equals(other.name());
    }

    /** Admits all requests that still wait here. */
    void lift() {
        limiter.change(
                WorkerSettings.MAX_COUNT,
                WorkerSettings.MAX_COUNT,
                settings.queueTimeout(),
                QueueOrder.FIFO);
    }

    LimitStats stats() {
        return limiter.stats(settings.name());
    }
}
