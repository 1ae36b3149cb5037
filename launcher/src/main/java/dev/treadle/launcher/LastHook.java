package dev.treadle.launcher;

import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;

/**
 * A shutdown hook that runs after all others have ended. {@link Runtime#addShutdownHook} has no
 * order. The JDK itself has: {@code java.lang.Shutdown} keeps ten slots that run one after another,
 * of which the hooks of the application are the second and {@code File.deleteOnExit} is the third
 * (JDK 21 to 28). It is reached by reflection, which the manifest of the launcher allows because
 * hubs need it too.
 */
final class LastHook {
    private static final int SLOT = 5;

    private LastHook() {}

    /**
     * Runs {@code action} after all shutdown hooks, on the thread that ends the JVM.
     *
     * @return false if this JVM does not allow that; nothing is registered then
     */
    static boolean register(Runnable action) {
        try {
            Method add =
                    Class.forName("java.lang.Shutdown")
                            .getDeclaredMethod("add", int.class, boolean.class, Runnable.class);
            add.setAccessible(true);
            add.invoke(null, SLOT, false, action);
            return true;
        } catch (ReflectiveOperationException | InaccessibleObjectException closed) {
            return false;
        }
    }
}
