package dev.treadle.bench.blocking;

/** Waits in its initialiser until {@link InitialiserLock} is free. */
final class HeldInitialiser {
    static {
        InitialiserLock.pass();
    }

    private HeldInitialiser() {}
}
