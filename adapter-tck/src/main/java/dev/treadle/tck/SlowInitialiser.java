package dev.treadle.tck;

/** Sleeps in its initialiser, where no JDK can unmount a virtual thread. */
final class SlowInitialiser {
    private static final long FOR_LONG_MILLIS = 500;

    static {
        try {
            while (Faults.initialiserGoesOn()) {
                Thread.sleep(FOR_LONG_MILLIS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private SlowInitialiser() {}
}
