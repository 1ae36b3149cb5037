package dev.treadle.internal.engine;

import dev.treadle.internal.base.HubUse;
import dev.treadle.internal.hub.CarrierThreads;
import dev.treadle.internal.hub.GreenletStart;
import dev.treadle.internal.hub.Hub;
import dev.treadle.internal.hub.HubWatch;
import dev.treadle.internal.hub.JdkHubAccess;
import dev.treadle.internal.hub.JdkPollers;
import dev.treadle.internal.hub.JdkSockets;
import dev.treadle.internal.hub.WarmUp;
import dev.treadle.internal.hub.Watching;
import dev.treadle.loop.EventLoop;
import dev.treadle.loop.HubLoops;
import dev.treadle.loop.LoopCarrier;
import dev.treadle.stats.HubLoad;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The engine of the model {@code gevent}: one greenlet a task, on one of K hubs for its whole life.
 * Tasks that a greenlet starts, through this engine or as virtual threads of its own, stay on its
 * hub. Tasks of an event loop that carries a hub stay on that hub, unless it is busier than another
 * ({@link HubBalance}). Every other task goes to the hub with the fewest live greenlets.
 */
public final class GeventEngine extends TaskPerThreadEngine {
    private final Hub[] hubs;
    private final HubBalance balance;
    private final CarrierThreads threads;
    private final HubWatch watch;
    private volatile boolean carriedByLoops;

    /**
     * @param hubCount how many hubs, at least 1
     * @throws IllegalStateException if hubs cannot be had on this JVM, with the remedy
     */
    public GeventEngine(int hubCount, Watching watching) {
        this(hubCount, watching, false);
    }

    /**
     * @param hubCount how many hubs, at least 1
     * @param hubSockets has the hubs poll the sockets of their greenlets, while event loops carry
     *     them and where this JVM lets them ({@link #whyJdkPolls})
     * @throws IllegalStateException if hubs cannot be had on this JVM, with the remedy
     */
    public GeventEngine(int hubCount, Watching watching, boolean hubSockets) {
        this(hubCount, watching, hubSockets, WarmUp.ofThisJvm());
    }

    GeventEngine(int hubCount, Watching watching, WarmUp warmUp) {
        this(hubCount, watching, false, warmUp);
    }

    private GeventEngine(int hubCount, Watching watching, boolean hubSockets, WarmUp warmUp) {
        super("treadle-gevent-");
        JdkHubAccess.problem()
                .ifPresent(problem -> {
                    throw new IllegalStateException("no hubs on this JVM: " + problem);
                });
        JdkPollers.start(); // before any greenlet runs
        JdkSockets sockets = hubSockets ? JdkSockets.get() : null;
        threads = new CarrierThreads(hubCount);
        hubs = new Hub[hubCount];
        for (int i = 0; i < hubCount; i++) {
            hubs[i] = new Hub(i, threads, sockets);
        }
        balance = new HubBalance(hubs);
        watch = new HubWatch(hubs, watching, warmUp);
        for (Hub hub : hubs) {
            hub.watchedBy(watch);
        }
        watch.start();
    }

    @Override
    public void execute(Runnable task) {
        Hub own = Hub.current(hubs);
        if (own == null) {
            executeOn(balance.emptiest(), task);
        } else {
            // a greenlet's thread is virtual, that of an event loop is not
            executeOn(Thread.currentThread().isVirtual() ? own : balance.lessBusy(own), task);
        }
    }

    @Override
    public void executeSpread(Runnable task) {
        executeOn(balance.emptiest(), task);
    }

    private void executeOn(Hub hub, Runnable task) {
        Counted counted = new Counted(task, hub, balance.live(hub));
        hub.execute(new Birth(hub, take(counted), counted.use));
    }

    private static final class Counted implements Runnable {
        private final Runnable task;
        private final Hub hub;
        private final AtomicInteger load;
        private final HubUse use;

        Counted(Runnable task, Hub hub, AtomicInteger load) {
            this.task = task;
            this.hub = hub;
            this.load = load;
            this.use = new HubUse(hub.index(), JdkHubAccess.tellsSlicesApart());
            load.incrementAndGet();
        }

        @Override
        public void run() {
            Hub.begins(use);
            try {
                task.run();
            } finally {
                load.decrementAndGet();
                hub.over(use);
            }
        }
    }

    /**
     * Makes the greenlet of a task, on the carrier when the task's turn has come, and runs it up to
     * its first blocking point: so a task that waits for its turn costs no thread.
     */
    private final class Birth implements GreenletStart {
        private final Hub hub;
        private final LiveTask task;
        private final HubUse use;

        Birth(Hub hub, LiveTask task, HubUse use) {
            this.hub = hub;
            this.task = task;
            this.use = use;
        }

        @Override
        public void run() {
            Thread greenlet = null;
            try {
                greenlet =
                        prepared(
                                task,
                                JdkHubAccess.newVirtualThread(hub.scheduler(), task.name(), task));
                hub.startHere(greenlet, use);
            } catch (Throwable broken) {
                if (greenlet != null && greenlet.getState() != Thread.State.NEW) {
                    throw broken; // not of the start: of a slice
                }
                task.runWithoutThread(broken);
            }
        }
    }

    /** Returns the hubs as event loops find them. */
    public HubLoops loops() {
        return new HubLoops() {
            @Override
            public int count() {
                return hubs.length;
            }

            @Override
            public LoopCarrier attach(int hub, EventLoop loop) {
                carriedByLoops = true;
                return hubs[Objects.checkIndex(hub, hubs.length)].attach(loop);
            }
        };
    }

    /**
     * Says what the hubs of this JVM do without, for the start line. Empty on the JDKs that this
     * version was tested with.
     */
    public static List<String> shortcomings() {
        List<String> all = new ArrayList<>(JdkHubAccess.shortcomings());
        String pollers = JdkPollers.start();
        if (pollers != null) {
            all.add("the JDK's socket pollers may run on a hub: " + pollers);
        }
        return all;
    }

    /** Says why hubs cannot poll sockets on this JVM, so that the JDK does; null if they can. */
    public static @Nullable String whyJdkPolls() {
        return JdkSockets.problem();
    }

    /** Returns how many hubs there are. */
    public int hubCount() {
        return hubs.length;
    }

    /** Whether event loops carry hubs of this engine, or did: they stay bound to it. */
    public boolean isCarriedByLoops() {
        return carriedByLoops;
    }

    /** Gives the watch other limits, at once. */
    public void watch(Watching watching) {
        watch.change(watching);
    }

    /** Returns how often a hub went to a spare carrier, since the start. */
    public long retakes() {
        return watch.retakes();
    }

    /** Returns how many slices were reported as too long, since the start. */
    public long longSlices() {
        return watch.longSlices();
    }

    /** Returns the longest slice, the present ones included. */
    public Duration longestSlice() {
        return watch.longestSlice();
    }

    /** Returns how long what can run waits for its hub; zero if there is nothing. */
    public Duration lag() {
        return watch.lag();
    }

    /** Returns what each hub does and has done, in the order of their indexes. */
    public List<HubLoad> loads() {
        return watch.loads();
    }

    /** Returns how many tasks are kept to be found by their slices, for tests. */
    int knownUses() {
        int sum = 0;
        for (Hub hub : hubs) {
            sum += hub.knownUses();
        }
        return sum;
    }

    /** Returns how many OS threads of the hubs' own carry one or are held in a slice. */
    public int carriers() {
        return threads.carrying();
    }

    @Override
    public List<String> close(Duration grace, Duration afterInterrupt) throws InterruptedException {
        try {
            return super.close(grace, afterInterrupt);
        } finally {
            for (Hub hub : hubs) {
                hub.close();
            }
            threads.keepNoSpares();
            watch.close();
        }
    }
}
