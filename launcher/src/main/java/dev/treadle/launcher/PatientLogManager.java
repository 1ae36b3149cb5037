package dev.treadle.launcher;

import java.util.logging.LogManager;

/**
 * A log manager that logs to the end of the JVM. The JDK's manager removes all handlers as soon as
 * the JVM begins to shut down, while the server drains. The log of the drain, such as the
 * interrupted requests, would be lost.
 */
public final class PatientLogManager extends LogManager {
    private static final String JDK_CLEANER = "java.util.logging.LogManager$Cleaner";

    /** For the JDK, which makes the one instance. */
    public PatientLogManager() {}

    @Override
    public void reset() {
        if (!Thread.currentThread().getClass().getName().equals(JDK_CLEANER)) {
            super.reset();
        }
    }
}
