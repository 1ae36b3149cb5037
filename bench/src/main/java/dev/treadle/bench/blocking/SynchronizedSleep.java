package dev.treadle.bench.blocking;

/** Sleeps inside {@code synchronized}, again and again, until it is released. */
final class SynchronizedSleep implements Freeze {
    private static final long NAP_MILLIS = 10;

    private volatile boolean released;

    @Override
    public void arrange(Scheduler scheduler) {
        released = false;
    }

    @Override
    public void block(Runnable held) throws InterruptedException {
        Object monitor = new Object(); // of its own, without contention
        synchronized (monitor) {
            held.run();
            while (!released) {
                Thread.sleep(NAP_MILLIS);
            }
        }
    }

    @Override
    public void release() {
        released = true;
    }
}
