package dev.treadle.bench.blocking;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** Blocks that have to do with monitors, which carriers had to hold out in before JDK 24. */
final class Monitors {
    private Monitors() {}

    /** Waits for a notification. */
    static Block objectWait() {
        Object monitor = new Object();
        return () -> {
            long begun = System.nanoTime();
            synchronized (monitor) {
                while (System.nanoTime() - begun < Block.HOLD.toNanos()) {
                    monitor.wait(Block.HOLD.toMillis());
                }
            }
        };
    }

    /** Waits for a monitor that a platform thread has. */
    static Block enter() {
        Object monitor = new Object();
        return Block.on(
                () -> own(monitor),
                owner -> {
                    synchronized (monitor) {
                        monitor.notifyAll();
                    }
                });
    }

    private static Thread own(Object monitor) throws InterruptedException {
        CountDownLatch owned = new CountDownLatch(1);
        Thread owner =
                Thread.ofPlatform()
                        .daemon()
                        .name("probe-owner")
                        .start(() -> {
                            synchronized (monitor) {
                                owned.countDown();
                                sleep();
                            }
                        });
        owned.await();
        return owner;
    }

    /** Computes the value of a map slowly, which the map does inside {@code synchronized}. */
    static Block computeIfAbsent() {
        return () ->
                new ConcurrentHashMap<String, String>()
                        .computeIfAbsent(
                                "key",
                                key -> {
                                    sleep();
                                    return key;
                                });
    }

    private static void sleep() {
        try {
            Thread.sleep(Block.HOLD);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
