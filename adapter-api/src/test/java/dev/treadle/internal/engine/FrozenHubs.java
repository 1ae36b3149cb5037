package dev.treadle.internal.engine;

import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * All hubs held at once. On each a greenlet makes another runnable, and freezes; that other goes on
 * only when all hubs are held, so no carrier that is free yet can run it. The last of the others
 * ends the freeze. On a scheduler that adds no carrier it stays for ever.
 */
final class FrozenHubs {
    private final Freezing.Freeze freeze;
    private final Executor greenlets;
    private final Supplier<?> current;
    private final int hubs;

    private final Set<Object> held = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<Boolean> arrivals = new LinkedBlockingQueue<>();
    private final CountDownLatch allHeld;
    private final AtomicInteger wentOn = new AtomicInteger();
    private final CountDownLatch ended;
    private final CountDownLatch over = new CountDownLatch(1);
    private final Queue<Duration> waits = new ConcurrentLinkedQueue<>();

    /**
     * @param current what the calling greenlet holds: its hub, or any carrier
     */
    FrozenHubs(Freezing.Freeze freeze, Executor greenlets, Supplier<?> current, int hubs) {
        this.freeze = freeze;
        this.greenlets = greenlets;
        this.current = current;
        this.hubs = hubs;
        this.allHeld = new CountDownLatch(hubs);
        this.ended = new CountDownLatch(hubs);
    }

    /** Freezes; returns when every hub is held. */
    void freeze() throws InterruptedException {
        int missing = hubs;
        for (int i = 0; i < hubs; i++) {
            greenlets.execute(() -> unchecked(this::arrive));
        }
        while (missing > 0) {
            if (arrivals.take()) {
                missing--;
            } else {
                greenlets.execute(() -> unchecked(this::arrive)); // that hub was held already
            }
        }
    }

    /** Returns when the freeze is over: with how long each hub stood still. */
    Queue<Duration> awaitEnd() throws InterruptedException {
        ended.await();
        over.countDown();
        freeze.close().run();
        return waits;
    }

    private void arrive() throws InterruptedException {
        boolean first = held.add(current.get());
        if (!first) {
            arrivals.add(false);
            over.await();
            return;
        }
        freeze.hold().run(this::holding);
        ended.countDown();
    }

    private void holding() {
        long begun = System.nanoTime();
        greenlets.execute(() -> unchecked(() -> goOn(begun)));
        allHeld.countDown();
        arrivals.add(true);
    }

    private void goOn(long begun) throws InterruptedException {
        allHeld.await();
        waits.add(Duration.ofNanos(System.nanoTime() - begun));
        if (wentOn.incrementAndGet() == hubs) {
            for (int i = 0; i < hubs; i++) {
                freeze.release().run();
            }
        }
    }

    private static void unchecked(Freezing.Step step) {
        try {
            step.run();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
