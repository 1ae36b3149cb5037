package dev.treadle.bench.blocking;

import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * All hubs held at once. On each a greenlet makes another runnable there, and blocks; that other
 * goes on only when all hubs are held, so no carrier that is free yet can run it.
 */
final class FreezeRound {
    private final Freeze freeze;
    private final Scheduler scheduler;
    private final int hubs;

    private final Set<Object> held = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<Boolean> arrivals = new LinkedBlockingQueue<>();
    private final CountDownLatch allHeld;
    private final CountDownLatch othersRan;
    private final Queue<Long> waits = new ConcurrentLinkedQueue<>();
    private final CountDownLatch ended;
    private final CountDownLatch over = new CountDownLatch(1);

    FreezeRound(Freeze freeze, Scheduler scheduler, int hubs) {
        this.freeze = freeze;
        this.scheduler = scheduler;
        this.hubs = hubs;
        this.allHeld = new CountDownLatch(hubs);
        this.othersRan = new CountDownLatch(hubs);
        this.ended = new CountDownLatch(hubs);
    }

    /**
     * Freezes all hubs, and returns when another greenlet ran on each.
     *
     * @return the longest time from the begin of a block until that, in nanoseconds
     */
    long begin() throws InterruptedException {
        for (int i = 0; i < hubs; i++) {
            scheduler.execute(this::arrive);
        }
        int missing = hubs;
        while (missing > 0) {
            if (arrivals.take()) {
                missing--;
            } else {
                scheduler.execute(this::arrive); // that one was on a hub that is held
            }
        }
        othersRan.await();
        return waits.stream().mapToLong(Long::longValue).max().orElseThrow();
    }

    boolean anyEnded() {
        return ended.getCount() < hubs;
    }

    /** Has a greenlet end all blocks, and waits until they are over. */
    void release() throws InterruptedException {
        scheduler.execute(() -> {
            for (int i = 0; i < hubs; i++) {
                unchecked(freeze::release);
            }
        });
        ended.await();
        over.countDown();
    }

    private void arrive() {
        if (held.add(scheduler.held())) {
            unchecked(() -> freeze.block(this::hold));
            ended.countDown();
        } else {
            arrivals.add(false);
            unchecked(over::await);
        }
    }

    private void hold() {
        long begun = System.nanoTime();
        scheduler.execute(() -> runBeside(begun));
        allHeld.countDown();
        arrivals.add(true);
    }

    private void runBeside(long begun) {
        unchecked(allHeld::await);
        waits.add(System.nanoTime() - begun);
        othersRan.countDown();
    }

    private static void unchecked(Block.Step step) {
        try {
            step.run();
        } catch (Exception broken) {
            throw new IllegalStateException(broken);
        }
    }
}
