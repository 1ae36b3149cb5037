package dev.treadle.boot;

import org.springframework.context.SmartLifecycle;

/**
 * One thing that is done when the application's context starts, or when it stops. Phases start in
 * rising order and stop in falling order; those of the web server are Boot's ({@code
 * WebServerApplicationContext}, the same numbers in 3.5 and 4).
 */
final class LifecycleStep implements SmartLifecycle {
    /** In which the web server closes its listening socket and waits for requests. */
    static final int GRACEFUL_SHUTDOWN = DEFAULT_PHASE - 1_024;

    /** In which the web server starts and stops. */
    static final int WEB_SERVER = DEFAULT_PHASE - 2_048;

    private static final System.Logger LOG = System.getLogger("dev.treadle.boot");

    /** An action that may take long, and may be interrupted. */
    interface Action {
        void run() throws InterruptedException;
    }

    private final int phase;
    private final Runnable onStart;
    private final Action onStop;
    private volatile boolean running;

    private LifecycleStep(int phase, Runnable onStart, Action onStop) {
        this.phase = phase;
        this.onStart = onStart;
        this.onStop = onStop;
    }

    static LifecycleStep onStart(int phase, Runnable action) {
        return new LifecycleStep(phase, action, () -> {});
    }

    static LifecycleStep onStop(int phase, Action action) {
        return new LifecycleStep(phase, () -> {}, action);
    }

    @Override
    public int getPhase() {
        return phase;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /**
     * False, as for Boot's web server: a context that a test leaves for another one is paused, and
     * its server goes on. Spring 7 asks; the method is unknown to Spring 6, which knows no pause.
     */
    public boolean isPauseable() {
        return false;
    }

    @Override
    public void start() {
        onStart.run();
        running = true;
    }

    /** On a thread of its own: others of the same phase are to stop meanwhile. */
    @Override
    public void stop(Runnable callback) {
        Thread.ofPlatform()
                .name("treadle-stop")
                .start(() -> {
                    try {
                        stop();
                    } finally {
                        callback.run();
                    }
                });
    }

    @Override
    public void stop() {
        running = false;
        try {
            onStop.run();
        } catch (InterruptedException hurry) {
            LOG.log(System.Logger.Level.DEBUG, "interrupted while stopping", hurry);
            Thread.currentThread().interrupt();
        }
    }
}
