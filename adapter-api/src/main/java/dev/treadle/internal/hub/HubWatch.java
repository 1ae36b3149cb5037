package dev.treadle.internal.hub;

import dev.treadle.internal.base.ClientText;
import dev.treadle.internal.base.NeutralThreads;
import dev.treadle.internal.base.StackCause;
import dev.treadle.internal.base.StackFrames;
import dev.treadle.internal.jfr.FlightEvents;
import dev.treadle.stats.HubLoad;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * One daemon thread that looks at every hub. A slice that lasts longer than {@code report} is
 * reported with its stack, once. If a carrier has been held in one slice for longer than {@code
 * retake} and something waits, it gives the hub to a spare carrier ({@link Hub#retake}). Otherwise
 * one greenlet could stop all others of its hub, and perhaps the very one it waits for. Such a
 * greenlet computes, or blocks where a virtual thread cannot be unmounted (in native code, in a
 * class initialiser, inside {@code synchronized} or {@code Object.wait} before JDK 24). The watch
 * does the same if the thread of an event loop is held outside of slices ({@link Hub#isStranded}),
 * with {@code retake} or without.
 *
 * <p>A carrier that gets no processor from the operating system looks like a held one, and loses
 * its hub too, unless this thread gets no processor either. Such a retake has no benefit. Its only
 * cost is that two greenlets of the hub may run at once.
 *
 * <p><b>It needs no help of a carrier that is held</b>: carriers count their slices, and this
 * thread compares the count with that of the look before. So a carrier that is held is seen
 * whatever it does. The carrier has said before when its slice began, which {@link LookClock} uses.
 *
 * <p><b>An idle server is not woken</b>: when no hub has run for a while, this thread parks without
 * a limit. It sets {@code idle}, then looks at the hubs once more; a carrier that wakes is running
 * first and reads {@code idle} after (a full fence between, on both sides), so one of the two sees
 * the other. It does not park at once after a slice, because then each request of a quiet server
 * would wake it. A hub that wakes and runs nothing, as a loop does that looks for connections whose
 * time is over (Tomcat's pollers, each second), costs it a look or two.
 */
public final class HubWatch {
    private static final Logger LOG = System.getLogger("dev.treadle.hub");

    /** How long it looks on after the last slice. */
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How often it looks while nothing runs, but greenlets wait for sockets with their hub. */
    private static final long SOCKETS_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** The observations of one carrier at the last look. */
    private static final class Sight {
        private final Carrier carrier;
        private final long slice;
        private final boolean inSlice; // else in the loop, after that slice
        private final long since;
        private final long watchedSince;
        private boolean counted;
        private boolean logged;
        private String name = ""; // once it is counted
        private @Nullable CpuShare cpu; // from the second look on

        Sight(Carrier carrier, long slice, boolean inSlice, long since, long watchedSince) {
            this.carrier = carrier;
            this.slice = slice;
            this.inSlice = inSlice;
            this.since = since;
            this.watchedSince = watchedSince;
        }

        boolean isOf(@Nullable Carrier other) {
            return carrier.equals(other) && carrier.slices() == slice;
        }

        /** The most slices are over by the second look, so these cost no look at a clock. */
        void isSeenAgain() {
            if (cpu == null) {
                cpu = new CpuShare(carrier.thread());
            }
        }

        double cpuShare() {
            CpuShare known = cpu;
            return known == null ? StackCause.UNKNOWN_SHARE : known.share();
        }
    }

    /** The time between two measurements of the delay of a hub with work to do. */
    private static final long PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /**
     * Measures how long runnable slices wait for one hub. The carrier puts the probe into its
     * queue, and the probe takes the time until it is run. While a hub is held the probe cannot
     * run; the watch measures that time itself.
     */
    private static final class Probe {
        private static final long NOT_QUEUED = 0;

        private final Hub hub;
        private volatile long queuedSince = NOT_QUEUED;
        private volatile long lagNanos;
        private volatile long answers; // written by the carrier of the hub, one at a time
        private volatile long heldNanos; // of the watch

        Probe(Hub hub) {
            this.hub = hub;
        }

        /** Asks, if the last answer is there. */
        void ask() {
            if (queuedSince == NOT_QUEUED) {
                hub.ask(this::queue);
            }
        }

        /** The hub sleeps, so nothing waits there. */
        void withdraw() {
            hub.ask(null);
            lagNanos = 0;
        }

        private void queue() {
            queuedSince = System.nanoTime() | 1;
            boolean queued = false;
            try {
                hub.append(this::answer);
                queued = true;
            } finally {
                if (!queued) { // no memory: else no answer would ever come, and no other question
                    queuedSince = NOT_QUEUED;
                }
            }
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // one carrier at a time
        private void answer() {
            answers = answers + 1;
            lagNanos = System.nanoTime() - queuedSince;
            queuedSince = NOT_QUEUED;
        }

        void held(long nanos) {
            if (heldNanos != nanos) {
                heldNanos = nanos;
            }
        }

        long nanos() {
            long since = queuedSince;
            long inQueue = since == NOT_QUEUED ? lagNanos : System.nanoTime() - since;
            return Math.max(inQueue, heldNanos);
        }
    }

    private final Hub[] hubs;
    private final Probe[] probes;
    private volatile WatchLimits limits;
    private final @Nullable Sight[] sights;

    /** Slices that go on without their hub; of this thread only. */
    private final List<Sight> retaken = new ArrayList<>();

    /** How many of them there are, by hub. */
    private final AtomicIntegerArray held;

    private final Thread thread;
    private volatile boolean idle;
    private volatile boolean closed;

    // of this thread only
    private final LookClock clock;
    private long probedAt;
    private long quietSince;
    private long slicesThen;

    private final SliceReports reports;

    private final BusyShare[] shares;

    // written by the watch only
    private final AtomicLongArray retakesByHub;
    private volatile long retakes;
    private volatile long longSlices;
    private volatile long longestSliceNanos;

    /** A watch of these hubs; {@link #start} starts it. */
    public HubWatch(Hub[] hubs, Watching watching, WarmUp warmUp) {
        FlightEvents.recordsSlices(); // loads its classes here, and not in the first slice
        this.hubs = hubs;
        this.limits = WatchLimits.of(watching);
        this.sights = new Sight[hubs.length];
        this.probes = Stream.of(hubs).map(Probe::new).toArray(Probe[]::new);
        long now = System.nanoTime();
        this.clock = new LookClock(now, limits);
        this.shares = Stream.of(hubs).map(hub -> new BusyShare(now)).toArray(BusyShare[]::new);
        this.retakesByHub = new AtomicLongArray(hubs.length);
        this.held = new AtomicIntegerArray(hubs.length);
        this.reports = new SliceReports(warmUp, now);
        this.thread = NeutralThreads.daemon("treadle-watch", this::watch);
    }

    /** Takes other limits, from the next look on. */
    public void change(Watching watching) {
        limits = WatchLimits.of(watching);
    }

    /** Starts its thread. */
    public void start() {
        thread.start();
    }

    /** Ends the thread. */
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    /** A hub runs: called by its carrier when it begins and after each sleep. */
    void hubWoke() {
        VarHandle.fullFence();
        if (idle) {
            idle = false;
            LockSupport.unpark(thread);
        }
    }

    /** Returns how often a hub went to a spare carrier. */
    public long retakes() {
        return retakes;
    }

    /** Returns how many slices were reported as too long. */
    public long longSlices() {
        return longSlices;
    }

    /** Returns the longest slice: of those that have ended, and those that the watch sees. */
    public Duration longestSlice() {
        long longest = longestSliceNanos;
        for (Hub hub : hubs) {
            longest = Math.max(longest, hub.meter().longestNanos());
        }
        return Duration.ofNanos(longest);
    }

    /** Returns what each hub does and has done, in the order of their indexes. */
    public List<HubLoad> loads() {
        List<HubLoad> loads = new ArrayList<>(hubs.length);
        long now = System.nanoTime();
        for (int i = 0; i < hubs.length; i++) {
            SliceMeter meter = hubs[i].meter();
            Carrier carrier = hubs[i].carrier();
            long busy = meter.busyNanos();
            long present = carrier == null ? 0 : carrier.nanosInSlice(now);
            loads.add(
                    new HubLoad(
                            hubs[i].index(),
                            hubs[i].queued(),
                            Duration.ofNanos(probes[i].nanos()),
                            Math.max(0, meter.slices() - probes[i].answers),
                            Duration.ofNanos(meter.longestNanos()),
                            Duration.ofNanos(busy),
                            shares[i].at(busy + present, now),
                            retakesByHub.get(i),
                            held.get(i)));
        }
        return loads;
    }

    /** The longest of all hubs. */
    public Duration lag() {
        long longest = 0;
        for (Probe probe : probes) {
            longest = Math.max(longest, probe.nanos());
        }
        return Duration.ofNanos(longest);
    }

    private void watch() {
        quietSince = System.nanoTime();
        probedAt = quietSince;
        while (!closed) {
            LockSupport.parkNanos(this, clock.nanosToNextLook());
            try {
                lookAround(System.nanoTime());
            } catch (Throwable broken) {
                failed("the watch failed", broken);
            }
        }
    }

    /** One round: this thread must not end because of any error, such as no memory. */
    private void lookAround(long now) {
        look(now);
        long slices = slices();
        boolean quiet = slices == slicesThen && retaken.isEmpty();
        if (now - probedAt >= PROBE_NANOS) {
            probe(now);
        }
        if (!quiet) {
            slicesThen = slices;
            quietSince = now;
        } else if (now - quietSince > LINGER_NANOS && !anyRuns()) {
            for (Probe probe : probes) {
                probe.withdraw();
            }
            idle = true;
            VarHandle.fullFence();
            if (!anyRuns() && !closed) {
                parkUntilATimerIsLate();
            }
            idle = false;
        }
    }

    private static void failed(String what, Throwable broken) {
        try {
            LOG.log(Level.ERROR, what, broken);
        } catch (Throwable brokenLog) {
            // the next look tries again, even if it can tell nobody: no memory, or a broken log
        }
    }

    private void probe(long now) {
        probedAt = now;
        reports.look(now, anyRuns());
        for (int i = 0; i < hubs.length; i++) {
            if (hubs[i].runs()) {
                probes[i].ask();
            } else {
                probes[i].withdraw();
            }
        }
    }

    /**
     * Changes with each slice that is not a probe, and when a hub changes its carrier; else it
     * means nothing.
     */
    private long slices() {
        long sum = 0;
        for (int i = 0; i < hubs.length; i++) {
            Carrier carrier = hubs[i].carrier();
            sum += (carrier == null ? 0 : carrier.slices()) - probes[i].answers;
        }
        return sum;
    }

    /** Whether the current thread is the one that watches. */
    boolean isHere() {
        return Thread.currentThread().equals(thread);
    }

    /** Whether nothing runs, so that it looks seldom or not at all; a snapshot, for tests. */
    boolean isIdle() {
        return idle;
    }

    /**
     * A loop that is held in the container's code does not tell that its hub has work to do, nor
     * does it look at the sockets of its greenlets.
     */
    private void parkUntilATimerIsLate() {
        long nanos = Long.MAX_VALUE;
        for (Hub hub : hubs) {
            HubSockets open = hub.sockets();
            if (open != null && open.waiting() > 0) {
                nanos = Math.min(nanos, SOCKETS_NANOS);
            }
            nanos = Math.min(nanos, hub.nanosToTimerOfLoop());
        }
        if (nanos == Long.MAX_VALUE) {
            LockSupport.park(this);
        } else {
            LockSupport.parkNanos(this, nanos + limits.strandedNanos());
        }
    }

    private boolean anyRuns() {
        for (Hub hub : hubs) {
            if (hub.runs()) {
                return true;
            }
        }
        return false;
    }

    private void look(long now) {
        clock.look(now, limits);
        for (int i = 0; i < hubs.length; i++) {
            try {
                look(i, now);
            } catch (Throwable broken) {
                // the other hubs are looked at all the same, and the next look tries again
                failed("the watch failed at treadle-hub-" + i, broken);
            }
        }
        lookAtRetaken(now);
    }

    private void look(int index, long now) {
        Hub hub = hubs[index];
        hub.ensureCarrier();
        hub.lookAtSocketsInstead();
        Carrier carrier = hub.carrier();
        Sight sight = sights[index];
        boolean inSlice = carrier != null && carrier.inSlice();
        if (carrier == null || !(inSlice || hub.isStranded(carrier))) {
            sights[index] = null;
            probes[index].held(0);
        } else if (sight == null || !sight.isOf(carrier) || sight.inSlice != inSlice) {
            sights[index] = seen(carrier, inSlice, now);
            probes[index].held(0);
        } else {
            probes[index].held(hub.hasWaiting() ? now - sight.since : 0);
            if (inSlice) {
                note(sight, now);
            }
            long limit = inSlice ? limits.retakeNanos() : limits.strandedNanos();
            if (clock.nanosSince(sight.watchedSince) < limit || !hub.mayHaveWaiting()) {
                clock.looksAgainAt(limit, sight.watchedSince);
            } else {
                retake(hub, sight, inSlice, limit);
                sights[index] = null;
            }
        }
    }

    /** A loop does not say when it was entered. */
    private Sight seen(Carrier carrier, boolean inSlice, long now) {
        long slice = carrier.slices();
        long age = inSlice ? carrier.nanosInSlice(now) : 0;
        long begun = clock.begunBefore(age, limits);
        clock.looksAgainAt(limits.retakeNanos(), begun);
        return new Sight(carrier, slice, inSlice, now - age, begun);
    }

    private void lookAtRetaken(long now) {
        for (Iterator<Sight> each = retaken.iterator(); each.hasNext(); ) {
            Sight sight = each.next();
            // back in a hub, or in another slice: that one is over
            if (sight.isOf(sight.carrier) && sight.carrier.slice() != null) {
                note(sight, now);
            } else {
                each.remove();
                held.decrementAndGet(sight.carrier.hub().index());
            }
        }
    }

    private void note(Sight sight, long now) {
        long lasted = now - sight.since;
        if (lasted > longestSliceNanos) {
            longestSliceNanos = lasted;
        }
        if (lasted < limits.reportNanos() && limits.watching().report() != null) {
            sight.isSeenAgain();
        }
        if (!sight.logged && lasted >= limits.reportNanos()) {
            tooLong(sight, lasted, now);
        }
    }

    private void retake(Hub hub, Sight sight, boolean inSlice, long limit) {
        long count = retakes + 1;
        // counted before anybody can see that it happened
        Runnable counted = () -> retakes = count;
        boolean done =
                inSlice
                        ? hub.retake(sight.carrier, counted)
                        : hub.retakeFromLoop(sight.carrier, counted);
        if (!done) {
            return;
        }
        retakesByHub.incrementAndGet(hub.index());
        if (inSlice) {
            retaken.add(sight);
            held.incrementAndGet(hub.index());
            hub.meter().lost(System.nanoTime() - sight.since);
        }
        reports.retaken(hub.index(), count, limit);
        FlightEvents.retake(hub.index(), System.nanoTime() - sight.since);
    }

    /**
     * Counts and records the slice, once, and logs it, once. While the JVM is cold it is not logged
     * yet: it will be, if it still goes on then.
     */
    private void tooLong(Sight sight, long lasted, long now) {
        boolean cold = reports.isCold(now);
        if (cold && sight.counted) {
            reports.lastsWhileCold(sight.name, lasted);
            return;
        }
        boolean isFirst = !sight.counted;
        if (isFirst) {
            sight.counted = true;
            long count = longSlices + 1;
            longSlices = count;
        }
        sight.logged = !cold;
        Runnable slice = sight.carrier.slice();
        Thread greenlet = slice == null ? null : SliceOwner.of(slice);
        Thread shown = greenlet == null ? sight.carrier.thread() : greenlet;
        if (shown == null) {
            return;
        }
        boolean wanted = !cold || reports.logsWholeStacks() || FlightEvents.recordsLongSlices();
        List<StackTraceElement> stack = wanted ? List.of(shown.getStackTrace()) : List.of();
        StackCause cause = StackCause.ofSlice(shown.getState(), stack, sight.cpuShare());
        if (!sight.isOf(sight.carrier)) {
            return; // over meanwhile: what the stack shows is another slice
        }
        Watching watching = limits.watching();
        LongSlice found =
                new LongSlice(
                        sight.carrier.hub().index(),
                        ClientText.shown(shown.getName()),
                        watching.requestOf().apply(shown),
                        stack,
                        cause,
                        sight.carrier.isOut(),
                        lasted,
                        limits.reportNanos());
        sight.name = found.name();
        if (isFirst) {
            record(found);
        }
        if (cold) {
            reports.longWhileCold(found);
        } else {
            reports.isLong(found, now);
            watching.listener().accept(found);
        }
    }

    private static void record(LongSlice slice) {
        if (FlightEvents.recordsLongSlices()) {
            FlightEvents.longSlice(
                    new FlightEvents.LongSlice(
                            slice.hub(),
                            slice.thread(),
                            slice.request(),
                            StackFrames.textOfApplication(slice.stack()),
                            slice.cause().sentence(),
                            slice.nanos(),
                            Frames.lines(slice.stack()).strip()));
        }
    }
}
