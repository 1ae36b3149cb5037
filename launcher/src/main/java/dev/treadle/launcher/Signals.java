package dev.treadle.launcher;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;

/**
 * Signals of the operating system. The JDK has no exported API for them; {@code sun.misc.Signal} of
 * the module jdk.unsupported stays until there is one (JEP 260). It is used by reflection, because
 * javac gives a warning for it that cannot be turned off.
 */
final class Signals {
    private Signals() {}

    /** The outcome of {@link #handle}. */
    enum Outcome {
        /** The action runs at each of these signals. */
        HANDLED,
        /** The process was started with the signal ignored, and a JVM leaves that as it is. */
        IGNORED,
        /**
         * This JVM passes the signal to no handler: it was started with -Xrs, or lacks the module.
         */
        UNAVAILABLE
    }

    /**
     * Runs {@code action} at each signal from now on, each time on a new thread of the JVM for it.
     *
     * @param name such as {@code TERM}
     */
    static Outcome handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            MethodHandle run =
                    MethodHandles.lookup()
                            .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
                            .bindTo(action);
            Object handling =
                    MethodHandleProxies.asInterfaceInstance(
                            handler, MethodHandles.dropArguments(run, 0, signal));
            Object before =
                    signal.getMethod("handle", signal, handler)
                            .invoke(
                                    null,
                                    signal.getConstructor(String.class).newInstance(name),
                                    handling);
            return handler.getField("SIG_IGN").get(null).equals(before)
                    ? Outcome.IGNORED
                    : Outcome.HANDLED;
        } catch (InvocationTargetException refused) {
            if (refused.getCause() instanceof IllegalArgumentException) {
                return Outcome.UNAVAILABLE; // "Signal already used by VM or OS"
            }
            throw new IllegalStateException("SIG" + name + ": no handler was set", refused);
        } catch (ReflectiveOperationException noModule) {
            return Outcome.UNAVAILABLE;
        }
    }
}
