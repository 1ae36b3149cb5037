package dev.treadle.launcher;

import dev.treadle.launcher.host.StartFailedException;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * SIGHUP, the signal by which servers are told to read their configuration again. The JDK has no
 * exported API for signals; {@code sun.misc.Signal} of the module jdk.unsupported is what stays
 * until there is one (JEP 260), and is reached by its name because javac warns of it in a way that
 * cannot be turned off.
 */
final class Hangup {
    private Hangup() {}

    /**
     * Runs {@code action} at each SIGHUP from now on, on a thread of the JVM for it.
     *
     * @throws StartFailedException if this JVM has no such signal
     */
    static void handle(Runnable action) {
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
                                    signal.getConstructor(String.class).newInstance("HUP"),
                                    handling);
            if (handler.getField("SIG_IGN").get(null).equals(before)) {
                System.err.println(
                        "treadle: SIGHUP is ignored by who started this (nohup?), so the file of --config"
                                + " is not read again; start it with: env --default-signal=HUP");
            }
        } catch (ReflectiveOperationException unavailable) {
            throw new StartFailedException(
                    "--config: SIGHUP cannot be handled on this JVM (expected: the module jdk.unsupported)",
                    unavailable);
        }
    }
}
