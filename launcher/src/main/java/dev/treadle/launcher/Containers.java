package dev.treadle.launcher;

import dev.treadle.launcher.host.ContainerHost;

import java.util.concurrent.Callable;

/**
 * Runs code of a container the way containers expect it: with their own class loader as the
 * thread's.
 */
final class Containers {
    private Containers() {}

    static <T> T inItsClassLoader(ContainerHost host, Callable<T> call) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(host.getClass().getClassLoader());
        try {
            return call.call();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
