package dev.treadle.launcher;

import java.util.logging.LogManager;

/**
 * A log manager that logs to the end of the JVM, and through reloads.
 *
 * <ul>
 *   <li>The JDK's manager removes all handlers as soon as the JVM begins to shut down, while the
 *       server drains. The log of the drain, such as the interrupted requests, would be lost.
 *   <li>Tomcat resets any manager but the JDK's when it stops an application
 *       (org.apache.juli.logging.LogFactory.release). The log of all others would be lost.
 * </ul>
 */
public final class PatientLogManager extends LogManager {
    private static final String JDK_CLEANER = "java.util.logging.LogManager$Cleaner";
    private static final String TOMCATS = "org.apache.juli.logging.LogFactory";

    /** For the JDK, which makes the one instance. */
    public PatientLogManager() {}

    @Override
    public void reset() {
        if (!Thread.currentThread().getClass().getName().equals(JDK_CLEANER) && !isTomcats()) {
            super.reset();
        }
    }

    private static boolean isTomcats() {
        return StackWalker.getInstance()
                .walk(frames ->
                        frames.limit(4).anyMatch(frame -> frame.getClassName().equals(TOMCATS)));
    }
}
