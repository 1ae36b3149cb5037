package dev.treadle.bench.suite;

/** The N of the contenders, where the user writes none. */
final class Sizes {
    /** The size of the containers' own pools. */
    static final int POOL = 200;

    static final int GREENLETS = 1_000;

    /** Jetty's virtual thread pool counts its acceptors and selectors among its tasks. */
    private static final int LOOPS = 100;

    private Sizes() {}

    /**
     * Returns N for a load with at most so many requests at once: pools keep their size, what is
     * cheap has room for all.
     */
    static int of(Contender contender, int atOnce) {
        return switch (contender.runner()) {
            case GEVENT, VIRTUAL -> Math.max(GREENLETS, atOnce);
            case THREADS, POOL -> POOL;
            case OWN_VIRTUAL, OWN_VIRTUAL_DEFAULT -> Math.max(GREENLETS, atOnce);
            case OWN_VIRTUAL_POOL -> Math.max(GREENLETS, atOnce) + LOOPS;
        };
    }
}
