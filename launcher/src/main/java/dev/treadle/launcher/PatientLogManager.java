package dev.treadle.launcher;

import java.util.logging.LogManager;

/**
 * Logs to the end. The JDK's manager takes all handlers away as soon as the JVM begins to shut
 * down, at the same time as the server drains: just what is to be logged then, such as the requests
 * that were cut off, would be lost.
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
