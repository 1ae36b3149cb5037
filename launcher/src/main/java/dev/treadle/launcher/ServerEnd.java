package dev.treadle.launcher;

import dev.treadle.launcher.stats.StatsServer;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * How a server process ends: drain, the application's shutdown hooks, the container's stop, in that
 * order. So the requests of the drain still have the resources that the hooks close, and the hooks
 * still have their class loader, which the stop of the container closes.
 *
 * <ul>
 *   <li>SIGTERM and SIGINT: the server drains, and then the JVM exits with 0.
 *   <li>{@code System.exit(n)} in the application: the JVM runs all hooks at once. One of them
 *       comes from this class and drains; the others are the application's. The exit code is n.
 * </ul>
 */
final class ServerEnd {
    private static final Logger LOG = System.getLogger("dev.treadle.launcher");

    /** How often a stop looks for threads that have called System.exit. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private final RunningServer server;
    private final @Nullable StatsServer stats;
    private final @Nullable RequestLog requests;

    // the first to set begun drains the server; all others wait for drained
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CountDownLatch drained = new CountDownLatch(1);
    private final boolean stopsLast;

    private ServerEnd(
            RunningServer server, @Nullable StatsServer stats, @Nullable RequestLog requests) {
        this.server = server;
        this.stats = stats;
        this.requests = requests;
        this.stopsLast = LastHook.register(this::stop);
    }

    /** From now on the server is drained and stopped before the process ends. */
    static void prepare(
            RunningServer server, @Nullable StatsServer stats, @Nullable RequestLog requests) {
        ServerEnd end = new ServerEnd(server, stats, requests);
        if (!end.stopsLast) {
            Console.warn(
                    "java.base/java.lang: not opened (expected: opened, as java -jar"
                            + " treadle.jar does): the container will not wait for shutdown hooks of"
                            + " the application; add --add-opens java.base/java.lang=ALL-UNNAMED");
        }
        Runtime.getRuntime().addShutdownHook(new Thread(end::atShutdown, "treadle-drain"));
        for (String signal : new String[] {"TERM", "INT"}) {
            if (Signals.handle(signal, end::atSignal) == Signals.Outcome.UNAVAILABLE) {
                Console.warn(
                        "SIG"
                                + signal
                                + ": cannot be handled by this JVM (expected: one started without"
                                + " -Xrs): it will end the process without a drain");
            }
        }
    }

    private void atSignal() {
        int exitCode = 1;
        try {
            drain();
            exitCode = 0;
        } catch (InterruptedException interrupted) {
            LOG.log(Level.ERROR, "the drain was interrupted", interrupted);
        } catch (Throwable failed) {
            // after any error: the process was told to end
            LOG.log(Level.ERROR, "the drain failed", failed);
        }
        System.exit(exitCode);
    }

    private void drain() throws InterruptedException {
        if (!begun.compareAndSet(false, true)) {
            drained.await();
            return;
        }
        try {
            server.drain();
        } finally {
            drained.countDown();
        }
    }

    /**
     * Drains on another thread, so that this one can look for requests that have called {@code
     * System.exit}: the one that began this shutdown, and those that do so later.
     */
    private void atShutdown() {
        // class-cache.sh looks for this name: an archive of classes that has it is one of a server
        awaitEnd(begin("treadle-draining", this::drain), server.workers()::releaseExiting);
        if (!stopsLast) {
            stop();
        }
    }

    private void stop() {
        awaitEnd(begin("treadle-stopping", server::stop), () -> {});
        if (requests != null) {
            requests.close();
        }
        if (stats != null) {
            stats.close();
        }
        System.out.flush();
        System.err.flush();
    }

    private static Thread begin(String name, Step step) {
        return Thread.ofPlatform()
                .daemon()
                .name(name)
                .start(() -> {
                    try {
                        step.run();
                    } catch (InterruptedException interrupted) {
                        LOG.log(Level.ERROR, name + ": interrupted", interrupted);
                    }
                });
    }

    /**
     * Waits for the thread. One on which the application has called {@code System.exit}, in a
     * contextDestroyed say, waits for this shutdown itself, and never ends.
     */
    private static void awaitEnd(Thread thread, Runnable meanwhile) {
        try {
            do {
                meanwhile.run();
            } while (!thread.join(LOOK) && !isExiting(thread));
        } catch (InterruptedException interrupted) {
            // the thread that ends the JVM may be a request's, which a drain interrupts
            awaitEnd(thread, meanwhile);
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isExiting(Thread thread) {
        return Stream.of(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals("java.lang.Shutdown"));
    }

    /** A task for a thread. */
    @FunctionalInterface
    private interface Step {
        void run() throws InterruptedException;
    }
}
