package dev.treadle.internal.base;

import org.jspecify.annotations.Nullable;

import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.function.Supplier;

/**
 * Makes platform threads that inherit nothing from the thread that makes them. That thread may run
 * a request: a switch asked for over HTTP, a task that needs one more thread. A thread that
 * outlives the request would inherit the context class loader, the values of {@link
 * InheritableThreadLocal}, and until JDK 24 the {@code AccessControlContext}, which holds the
 * protection domain of each class on the stack. They keep the application from being unloaded.
 */
public final class NeutralThreads {
    private static final long DEFAULT_STACK = 0;

    private NeutralThreads() {}

    /**
     * Returns a daemon thread with the system class loader as its context.
     *
     * @param name the name of the thread
     * @param work what it runs
     * @return the thread, not started
     */
    public static Thread daemon(String name, Runnable work) {
        return daemon(name, work, DEFAULT_STACK, ClassLoader.getSystemClassLoader());
    }

    /**
     * Makes a daemon thread, which is not started.
     *
     * @param stackBytes 0: the JVM's default
     * @param context the context class loader
     */
    public static Thread daemon(
            String name, Runnable work, long stackBytes, @Nullable ClassLoader context) {
        return daemon(() -> new Thread(null, work, name, stackBytes, false), context);
    }

    /**
     * Makes a daemon thread by that constructor.
     *
     * @param made calls a constructor that inherits no thread locals
     */
    @SuppressWarnings("removal") // nothing else cuts off the stack that JDK 21 to 23 keep
    public static <T extends Thread> T daemon(Supplier<T> made, @Nullable ClassLoader context) {
        T thread = AccessController.doPrivileged((PrivilegedAction<T>) made::get);
        thread.setContextClassLoader(context);
        thread.setDaemon(true);
        return thread;
    }
}
