package dev.treadle.internal;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The engine of the model {@code gevent}: one greenlet a task, on one of K hubs for its whole life.
 * What a greenlet starts, through this engine or as a virtual thread of its own, stays on its hub;
 * all else goes to the hub with the fewest live greenlets.
 */
public final class GeventEngine extends TaskPerThreadEngine {
    private final Hub[] hubs;
    // live greenlets by hub: only to place new ones, so a stale value costs balance and nothing
    // else
    private final AtomicInteger[] load;

    private final @Nullable HubWatch watch;

    /**
     * @param hubCount how many hubs, at least 1
     * @param retake how long a carrier may be blocked with greenlets waiting until a spare takes
     *     its hub, at least 1 ms; null: for ever
     * @throws IllegalStateException if hubs cannot be had on this JVM, with the remedy
     */
    public GeventEngine(int hubCount, @Nullable Duration retake) {
        super("treadle-gevent-");
        JdkHubAccess.problem()
                .ifPresent(problem -> {
                    throw new IllegalStateException("no hubs on this JVM: " + problem);
                });
        hubs = new Hub[hubCount];
        load = new AtomicInteger[hubCount];
        for (int i = 0; i < hubCount; i++) {
            hubs[i] = new Hub(i);
            load[i] = new AtomicInteger();
        }
        watch = retake == null ? null : new HubWatch(hubs, retake);
        if (watch != null) {
            for (Hub hub : hubs) {
                hub.watchedBy(watch);
            }
            watch.start();
        }
    }

    @Override
    public void execute(Runnable task) {
        Hub hub = Hub.current(hubs);
        if (hub == null) {
            hub = emptiest();
        }
        Hub chosen = hub;
        AtomicInteger chosenLoad = load[chosen.index()];
        chosenLoad.incrementAndGet();
        boolean started = false;
        try {
            start(
                    (name, run) -> JdkHubAccess.newVirtualThread(chosen, name, run),
                    new Counted(task, chosenLoad));
            started = true;
        } finally {
            if (!started) {
                chosenLoad.decrementAndGet();
            }
        }
    }

    private record Counted(Runnable task, AtomicInteger load) implements Runnable {
        @Override
        public void run() {
            try {
                task.run();
            } finally {
                load.decrementAndGet();
            }
        }
    }

    private Hub emptiest() {
        int best = 0;
        int least = load[0].get();
        for (int i = 1; i < hubs.length; i++) {
            int other = load[i].get();
            if (other < least) {
                least = other;
                best = i;
            }
        }
        return hubs[best];
    }

    @Override
    public List<String> close(Duration grace, Duration afterInterrupt) throws InterruptedException {
        try {
            return super.close(grace, afterInterrupt);
        } finally {
            for (Hub hub : hubs) {
                hub.close();
            }
            if (watch != null) {
                watch.close();
            }
        }
    }
}
