package dev.treadle.launcher;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Reloads the applications when it is asked to, or when a file is touched: on a thread of its own,
 * one reload after another. A wish that comes during a reload leads to one more.
 */
final class Reloads {
    private static final Logger LOG = System.getLogger("dev.treadle.launcher");

    /** How often the file is looked at, as in uWSGI. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** The longest wait of a stop for a reload. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Reload reload;
    private final Semaphore asked = new Semaphore(0);
    private volatile boolean over;
    private volatile @Nullable Thread thread;

    Reloads(Reload reload) {
        this.reload = reload;
    }

    /** Begins to wait for wishes. To be called once, at most. */
    void begin(TouchFile file) {
        thread = Thread.ofPlatform().daemon().name("treadle-reload").start(() -> run(file));
    }

    /** Asks for a reload, which begins soon. */
    void ask() {
        asked.release();
    }

    private void run(TouchFile file) {
        try {
            while (!over) {
                boolean wanted = asked.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                asked.drainPermits();
                // looked at before the reload: a change during it leads to another
                if ((file.isTouched() || wanted) && !over) {
                    reload();
                }
            }
        } catch (InterruptedException stopped) {
            // the server stops the former version with all others
        }
    }

    private void reload() throws InterruptedException {
        try {
            reload.all();
        } catch (RuntimeException | Error broken) {
            LOG.log(Level.ERROR, "a reload failed; the server goes on", broken);
        }
    }

    /** Starts no further version. */
    void noMore() {
        over = true;
        reload.noMore();
    }

    /**
     * Ends the waits of a reload, and waits a while for its end.
     *
     * @return whether none runs any more
     */
    boolean end() {
        noMore();
        Thread running = thread;
        if (running == null) {
            return true;
        }
        running.interrupt();
        try {
            return running.join(PATIENCE);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return !running.isAlive();
        }
    }
}
