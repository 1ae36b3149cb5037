package dev.treadle.internal.engine;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;

/** The ways in which a greenlet holds its carrier until another greenlet ends the hold. */
enum Freezing {
    /** A class initialiser that waits for a lock; its owner is a greenlet, unmounted by now. */
    CLASS_INITIALISER("class initialiser that waits for a lock of an unmounted greenlet") {
        @Override
        Freeze on(Executor greenlets) throws InterruptedException {
            CountDownLatch locked = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            CountDownLatch unlocked = new CountDownLatch(1);
            greenlets.execute(() -> {
                PinLock.LOCK.lock();
                try {
                    locked.countDown();
                    go.await();
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                } finally {
                    PinLock.LOCK.unlock();
                    unlocked.countDown();
                }
            });
            locked.await();
            return new Freeze(Pin::pin, go::countDown, unlocked::await);
        }
    },

    /** A native frame that reads an empty pipe. */
    NATIVE_READ("native call (FFM) that reads a pipe into which a greenlet will write") {
        @Override
        Freeze on(Executor greenlets) {
            NativePipe pipe = new NativePipe();
            // the first calls link, and may park for that
            pipe.write();
            pipe.read();
            return new Freeze(
                    holding -> {
                        holding.run();
                        pipe.read();
                    },
                    pipe::write,
                    pipe::close);
        }
    },

    /** Sleeps inside {@code synchronized}; gives its carrier away since JDK 24 (JEP 491). */
    SYNCHRONIZED_SLEEP("`synchronized` around sleeps until a greenlet ends them") {
        @Override
        Freeze on(Executor greenlets) {
            CountDownLatch released = new CountDownLatch(1);
            return new Freeze(
                    holding -> sleepUntil(released, holding), released::countDown, () -> {});
        }
    };

    private static final int UNMOUNTS_MONITORS = 24;

    private final String title;

    Freezing(String title) {
        this.title = title;
    }

    /** Returns its name in the table of docs/hub.md. */
    String title() {
        return title;
    }

    /** Gets ready, on a platform thread; no carrier is held yet. */
    abstract Freeze on(Executor greenlets) throws InterruptedException;

    /** Whether it holds a carrier on this JDK. */
    boolean holdsCarriers() {
        return this != SYNCHRONIZED_SLEEP || Runtime.version().feature() < UNMOUNTS_MONITORS;
    }

    private static void sleepUntil(CountDownLatch released, Runnable holding)
            throws InterruptedException {
        Object monitor = new Object(); // its own, so nobody else waits for it
        synchronized (monitor) {
            holding.run();
            while (released.getCount() > 0) {
                Thread.sleep(1);
            }
        }
    }

    /** One step, which may wait. */
    @FunctionalInterface
    interface Step {
        /** Does it. */
        void run() throws InterruptedException;
    }

    /** An action that holds a carrier. */
    @FunctionalInterface
    interface Hold {
        /**
         * Holds it.
         *
         * @param holding is run once the carrier cannot be given away any more
         */
        void run(Runnable holding) throws InterruptedException;
    }

    /**
     * @param hold what each greenlet does
     * @param release ends one of them, or all
     * @param close to be called after the last
     */
    record Freeze(Hold hold, Runnable release, Step close) {}
}
