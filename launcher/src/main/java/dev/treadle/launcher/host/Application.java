package dev.treadle.launcher.host;

import java.time.Duration;

/**
 * A web application at its context path: one version gets the requests, and former ones finish
 * theirs. Safe for any thread.
 *
 * @param <V> a version, as the container knows it
 */
public final class Application<V> {
    private volatile Running<V> current;

    /**
     * @param first the version that gets the requests from the beginning
     */
    public Application(V first) {
        current = new Running<>(first);
    }

    /** Returns the version that gets the requests. */
    public V current() {
        return current.version();
    }

    /** Counts a request in the version that gets it, and returns that. */
    public Running<V> enter() {
        while (true) {
            Running<V> running = current;
            // false only after a later version has become the current one
            if (running.inside.enter()) {
                return running;
            }
        }
    }

    /**
     * Passes all further requests to another version.
     *
     * @return the version before, which gets none any more
     */
    public synchronized Running<V> switchTo(V next) {
        Running<V> before = current;
        current = new Running<>(next);
        before.inside.close();
        return before;
    }

    /**
     * A version with the requests inside it.
     *
     * @param <V> a version, as the container knows it
     */
    public static final class Running<V> {
        private final V version;
        private final RequestCount inside = new RequestCount();

        private Running(V version) {
            this.version = version;
        }

        /** Returns the version. */
        public V version() {
            return version;
        }

        /** A request that has entered is complete. To be called once for each. */
        public void leave() {
            inside.leave();
        }

        /**
         * Waits until no request is inside. To be called after the switch to another version.
         *
         * @return how many are still inside after the grace
         */
        public long awaitNobodyInside(Duration grace) throws InterruptedException {
            return inside.awaitEmpty(grace);
        }
    }
}
