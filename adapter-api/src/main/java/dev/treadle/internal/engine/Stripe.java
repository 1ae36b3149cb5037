package dev.treadle.internal.engine;

import dev.treadle.internal.hub.JdkHubAccess;

/**
 * Spreads OS threads over the stripes of a counter, so that two hubs seldom write to the same cache
 * line. All greenlets of a carrier have its stripe.
 */
public final class Stripe {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L; // Fibonacci hashing: Knuth, 6.4

    private Stripe() {}

    /** Returns the stripe of the current OS thread, of 2 to the power of {@code bits}. */
    public static int current(int bits) {
        long thread = JdkHubAccess.currentCarrier().threadId();
        return (int) ((thread * GOLDEN) >>> (Long.SIZE - bits));
    }
}
