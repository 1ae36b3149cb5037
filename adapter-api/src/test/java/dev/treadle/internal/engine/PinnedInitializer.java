package dev.treadle.internal.engine;

/**
 * Blocks in its initialiser, where no JDK can unmount a virtual thread, until {@link PinLock#LOCK}
 * is free.
 */
final class PinnedInitializer {
    static {
        PinLock.pass();
    }

    private PinnedInitializer() {}
}
