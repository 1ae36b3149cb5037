package dev.treadle.it.agent.program;

import java.util.concurrent.TimeUnit;

/** Code of an application that blocks inside {@code synchronized}. */
final class Guarded {
    private final Object monitor = new Object();

    /** Blocks in one of three ways. */
    void block(String kind, long millis) throws InterruptedException {
        switch (kind) {
            case "sleep" -> sleep(millis);
            case "wait" -> await(millis);
            default -> throw new IllegalArgumentException(kind);
        }
    }

    private void sleep(long millis) throws InterruptedException {
        synchronized (monitor) {
            Thread.sleep(millis);
        }
    }

    /** Nobody notifies it. */
    private void await(long millis) throws InterruptedException {
        synchronized (monitor) {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            while (System.nanoTime() - end < 0) {
                monitor.wait(millis);
            }
        }
    }
}
