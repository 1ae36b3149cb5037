package dev.treadle.internal.hub;

import static org.awaitility.Awaitility.await;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** Two hubs that poll the sockets of their greenlets, on loops with real selectors, watched. */
final class SocketHubs implements AutoCloseable {
    private static final int COUNT = 2;

    private final CarrierThreads threads = new CarrierThreads(COUNT);
    private final Hub[] hubs = new Hub[COUNT];
    private final SelectorLoop[] loops = new SelectorLoop[COUNT];
    private final HubWatch watch;

    /**
     * @param retake null: off
     * @param canTurn whether a spare carrier may turn the loops
     */
    SocketHubs(JdkSockets sockets, @Nullable Duration retake, boolean canTurn) {
        for (int i = 0; i < COUNT; i++) {
            hubs[i] = new Hub(i, threads, sockets);
        }
        watch = new HubWatch(hubs, new Watching(retake, null), WarmUp.ofThisJvm());
        for (int i = 0; i < COUNT; i++) {
            Hub hub = hubs[i];
            hub.watchedBy(watch);
            loops[i] = new SelectorLoop(hub::attach, canTurn).start();
        }
        watch.start();
        for (int i = 0; i < COUNT; i++) {
            int hub = i;
            await("the hub is with its loop").until(() -> hubs[hub].sockets() != null);
        }
    }

    /** Starts a greenlet. */
    <T> FutureTask<T> start(int hub, Callable<T> code) {
        FutureTask<T> task = new FutureTask<>(code);
        thread(hub, task).start();
        return task;
    }

    /** Returns a greenlet that is not started. */
    Thread thread(int hub, Runnable task) {
        return JdkHubAccess.newVirtualThread(hubs[hub].scheduler(), "greenlet", task);
    }

    /** Returns how many greenlets wait for a socket with their hub. */
    int waiting(int hub) {
        HubSockets open = hubs[hub].sockets();
        return open == null ? 0 : open.waiting();
    }

    /** Waits until so many greenlets wait for a socket with their hub. */
    void awaitWaiting(int hub, int count) {
        await("greenlets wait with their hub").until(() -> waiting(hub) == count);
    }

    /**
     * The same, or until a hub has been retaken: waits that began on its spare carrier are with the
     * JDK's pollers. It happens to a thread that a busy machine does not run for 5 ms.
     */
    void awaitWaitingOrRetake(int hub, int count) {
        await("greenlets wait").until(() -> waiting(hub) == count || retakes() > 0);
    }

    SelectorLoop loop(int hub) {
        return loops[hub];
    }

    /** Ends the loop of a hub: it gets a thread of its own. */
    void endLoop(int hub) {
        loops[hub].close();
    }

    /** Whether the hub polls sockets now. */
    boolean polls(int hub) {
        return hubs[hub].sockets() != null;
    }

    boolean isWatchIdle() {
        return watch.isIdle();
    }

    long retakes() {
        return watch.retakes();
    }

    /** Closes the hubs, and leaves their loops. */
    void closeHubs() {
        for (Hub hub : hubs) {
            hub.close();
        }
    }

    @Override
    public void close() {
        for (SelectorLoop loop : loops) {
            if (loop.thread().isAlive()) {
                loop.close();
            }
        }
        closeHubs();
        threads.keepNoSpares();
        watch.close();
        await("all carriers end").until(() -> threads.carrying() == 0);
    }
}
