package dev.treadle.internal.hub;

import dev.treadle.internal.base.HubUse;
import dev.treadle.internal.jfr.FlightEvents;
import dev.treadle.loop.EventLoop;
import dev.treadle.loop.LoopCarrier;

import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * One carrier (an OS thread) and its run queue: the scheduler of the virtual threads that were made
 * on it. Each {@link #execute} hands it one slice, the run of one virtual thread up to its next
 * blocking point; slices run one after another in the order they came. So between two blocking
 * points a greenlet is never interleaved with another of its hub.
 *
 * <p>The carrier is a thread of the hub's own, or the thread of an event loop ({@link #attach}),
 * which runs slices between two looks at its events.
 *
 * <p><b>No wake-up is lost</b>: {@link HubState} says how a carrier falls asleep, and ends, without
 * losing a slice that is offered meanwhile. The loop's own thread publishes in the same way that it
 * wants its hub back, with {@code Home.waits} in the place of the queue.
 *
 * <p><b>One consumer at a time</b>: only the carrier that is not out ({@link Carrier}) polls. One
 * of three threads lets it in: the thread that took the state out of {@code NO_CARRIER}, which the
 * former carrier entered after its last poll; the watch, which has just taken the former carrier
 * out; or the former carrier itself, which gives the hub back to the loop's own thread after its
 * last poll.
 *
 * <p><b>A loop that is held holds no greenlets</b>: on a JDK that unmounts virtual threads which
 * wait for a monitor (24 on), a thread in the container's code may have to wait for a monitor whose
 * next owner is a greenlet of its own hub. So there too the watch takes the hub away. The loop
 * itself stays with the thread that is in it ({@code inOwnLoop}, {@code turner}), and that thread
 * gets no hub back before it has left. The one thread by which the JDK hands over greenlets that
 * have waited for a monitor must never be held, so it wakes loops by way of another thread ({@link
 * JdkHubAccess#mayBeUnblocker}). A loop's own thread that asks for its hub wakes others through the
 * container's code, and may be held there. So it gets the hub in the state of a carrier in the
 * loop, and the watch takes the hub away again if slices wait and that thread does not come.
 *
 * <p><b>A closed hub loses nothing</b>: virtual threads that were made on it (children of a request
 * that has ended) may become runnable after the close. Their slices are accepted as before and a
 * carrier is started for them; it ends when it has no more slices.
 *
 * <p><b>Timers</b> of its greenlets are the hub's own where the JDK lets a scheduler keep them
 * ({@link TimedScheduler}): the carrier that has the hub runs the timers that are due before the
 * next slices, and sleeps at most until the first of them. While a hub is held its timers are late,
 * until it is retaken.
 */
public final class Hub implements Executor {
    private static final Logger LOG = System.getLogger("dev.treadle.hub");

    private static final int QUEUE_CHUNK = 1_024;

    /** How many slices run between two looks at the events of the loop. */
    private static final int BUDGET = 256;

    /**
     * Selectors wait for whole milliseconds, so a shorter time is not a timer for an event loop.
     */
    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Between two reports of an error that may come with each round of a loop. */
    private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final int index;
    private final CarrierThreads threads;
    private final Executor scheduler;
    private final HubTimers timers = new HubTimers();
    private final MessagePassingQueue<Runnable> slices =
            new MpscUnboundedVarHandleArrayQueue<>(QUEUE_CHUNK);

    private final HubState state = new HubState();
    private final SliceMeter meter = new SliceMeter();

    /**
     * The carrier that has the hub, or had it last. Written by the thread that gives the hub away.
     */
    private volatile @Nullable Carrier carrier;

    private volatile @Nullable Home home;

    private volatile boolean closed;

    /** Where its greenlets may wait for sockets; null: the JDK polls sockets. */
    private final @Nullable JdkSockets jdkSockets;

    /**
     * Where its greenlets wait for sockets; null: with the JDK's pollers, because no event loop
     * carries this hub, or no thread could look at them now. Written by the thread that has it.
     */
    private volatile @Nullable HubSockets sockets;

    private final AtomicBoolean socketsFailed = new AtomicBoolean();

    /** When a look at the sockets failed and was reported; of the carrier that has the hub. */
    private long lookFailedAt = System.nanoTime() - REPORT_NANOS;

    /** An action that the watch wants the carrier to run; taken by the carrier. */
    private volatile @Nullable Runnable question;

    private @Nullable HubWatch watch; // set before the first slice

    /**
     * @param threads where carriers of the hub's own come from
     */
    public Hub(int index, CarrierThreads threads) {
        this(index, threads, null);
    }

    /**
     * @param threads where carriers of the hub's own come from
     * @param jdkSockets has the hub poll the sockets of its greenlets while an event loop carries
     *     it; null: the JDK does
     */
    public Hub(int index, CarrierThreads threads, @Nullable JdkSockets jdkSockets) {
        this.index = index;
        this.jdkSockets = jdkSockets;
        this.threads = threads;
        this.scheduler =
                JdkHubAccess.schedulersKeepTimers()
                        ? new TimedScheduler(this, this::schedule)
                        : this;
    }

    /** Returns the scheduler for the virtual threads of this hub. */
    public Executor scheduler() {
        return scheduler;
    }

    /** Has this hub watched; to be called before its first slice. */
    public void watchedBy(HubWatch by) {
        watch = by;
    }

    /** Returns where its greenlets wait for sockets; null: with the JDK's pollers. */
    @Nullable HubSockets sockets() {
        return sockets;
    }

    /** Ends waits for sockets that are ready, if its carrier does not come to it; for the watch. */
    void lookAtSocketsInstead() {
        HubSockets open = sockets;
        if (open != null) {
            open.lookInstead();
        }
    }

    /** Returns its index. */
    public int index() {
        return index;
    }

    /** Returns the one of {@code hubs} that the current thread carries or runs on, or null. */
    public static @Nullable Hub current(Hub[] hubs) {
        Thread os = JdkHubAccess.currentCarrier();
        for (Hub hub : hubs) {
            Carrier present = hub.carrier;
            if (present != null && present.is(os)) {
                return hub;
            }
        }
        return currentWithoutHub(hubs, os);
    }

    /** The same for a thread whose hub was retaken: its greenlet is still one of that hub. */
    private static @Nullable Hub currentWithoutHub(Hub[] hubs, Thread os) {
        Carrier out = Carrier.of(os);
        Hub found = out == null ? null : out.hub();
        return found != null && found.index < hubs.length && found.equals(hubs[found.index])
                ? found
                : null;
    }

    // ---- Producers: any thread

    /**
     * Takes the next slice of a virtual thread. The JDK calls this each time the thread becomes
     * runnable, from any thread; it never blocks and never rejects.
     */
    @Override
    public void execute(Runnable slice) {
        Carrier present = carrier;
        if (present != null && present.takesFirst(slice)) {
            return;
        }
        slices.offer(slice);
        summon();
    }

    /**
     * Runs {@code command} on this hub, outside of slices, once the time has passed. The JDK calls
     * this when a virtual thread begins to wait with a limit, from its carrier, with the hub or
     * without it. The command must not block.
     */
    ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        long nanos = unit.toNanos(delay);
        if (home == null ? closed : nanos < NANOS_PER_MILLI) {
            try {
                return threads.timers().schedule(command, nanos);
            } catch (OutOfMemoryError noThread) {
                // use the hub's own timers then, even if late: otherwise the JDK would lose a
                // virtual thread for ever
                report(noThread);
            }
        }
        HubTimers.Timer timer = timers.schedule(command, nanos);
        Carrier present = carrier;
        if (present == null || !present.is(Thread.currentThread())) {
            try {
                summon(); // the carrier that has the hub may sleep longer
            } catch (OutOfMemoryError noThread) {
                report(noThread); // no carrier can be started now; the watch tries again
            }
        }
        return timer;
    }

    /**
     * Runs {@code greenlet}, a new virtual thread of this hub, up to its first blocking point. Only
     * within a slice of this hub.
     *
     * @param use of its task; null: it is not counted
     */
    public void startHere(Thread greenlet, @Nullable HubUse use) {
        Carrier present = carrier;
        if (present != null && present.is(Thread.currentThread())) {
            present.start(greenlet, use);
        } else {
            greenlet.start(); // the hub was retaken just now: the queue will do
        }
    }

    /** The task of the current thread begins, in a slice of this hub. */
    public static void begins(HubUse use) {
        if (use.slices() == 0) { // it did not come by startHere
            Carrier current = Carrier.of(JdkHubAccess.currentCarrier());
            if (current != null) {
                current.adopt(use);
            }
        }
    }

    /** The task of the current thread is over, in a slice of this hub. */
    public void over(HubUse use) {
        Carrier current = Carrier.of(JdkHubAccess.currentCarrier());
        meter.over(
                use,
                current == null ? null : current.slice(),
                current == null ? null : current.use());
    }

    /**
     * Returns the use of its hub by the task that the current thread runs; null if it runs none on
     * a hub.
     */
    public static @Nullable HubUse currentUse() {
        return Carrier.currentUse();
    }

    /** Returns the measurements of its slices. */
    SliceMeter meter() {
        return meter;
    }

    /** Returns how many tasks are kept to be found by their slices. */
    public int knownUses() {
        return meter.known();
    }

    /**
     * Estimates how long the slices that wait will take, at the mean time of the last ones; a
     * snapshot.
     */
    public long queuedNanos() {
        return queued() * meter.meanNanos();
    }

    /**
     * Estimates how long a new slice would wait for its turn: as {@link #queuedNanos}, and as much
     * again as the present slice has lasted. A snapshot.
     *
     * @param now by {@link System#nanoTime}
     * @param leastMean the time that a slice is taken for at least: a hub that has run few slices
     *     knows little
     */
    public long nanosToTurn(long now, long leastMean) {
        Carrier present = carrier;
        long queue = queued() * Math.max(meter.meanNanos(), leastMean);
        return queue + (present == null ? 0 : present.nanosInSlice(now));
    }

    /** Returns the mean time of its last slices; 0 before the first. */
    public long meanNanos() {
        return meter.meanNanos();
    }

    /** Returns how many slices wait in the queue; a snapshot. */
    int queued() {
        return slices.size();
    }

    private void summon() {
        switch (state.summon()) {
            case HubState.SLEEPING -> wakeCarrier();
            case HubState.NO_CARRIER -> startCarrier();
            default -> {} // its carrier will see it
        }
    }

    /** Wakes the carrier that slept; for the thread that took the state from SLEEPING only. */
    private void wakeCarrier() {
        tellWatch(); // the one that is to wake may be held where it does not see it
        Carrier sleeper = carrier;
        if (sleeper == null) {
            throw new IllegalStateException("a hub that sleeps has a carrier");
        }
        Home loop = home;
        if (!sleeper.sleepsInLoop() || loop == null) {
            LockSupport.unpark(sleeper.thread());
        } else if (JdkHubAccess.mayBeUnblocker() || isWatch()) {
            threads.wakeElsewhere(new LoopWake(loop, sleeper));
        } else {
            wakeLoop(loop, sleeper);
        }
    }

    /** {@link #wakeLoop} on another thread; nothing if there is no loop. */
    private final class LoopWake implements Runnable {
        private final @Nullable Home loop;
        private final Carrier sleeper;

        LoopWake(@Nullable Home loop, Carrier sleeper) {
            this.loop = loop;
            this.sleeper = sleeper;
        }

        @Override
        public void run() {
            if (loop != null) {
                wakeLoop(loop, sleeper);
            }
        }
    }

    /** Runs the container's code, in which this thread may be held. */
    private void wakeLoop(Home loop, Carrier sleeper) {
        try {
            loop.events.wakeUp();
        } catch (RejectedExecutionException loopEnded) {
            // Its thread does not come back. Several threads may find that out, because one may
            // wake the loop late, after another one has ended the same sleep. The one that takes
            // the hub out of the loop starts the next carrier. A sleeper that is not in the loop
            // still runs slices, or finds out itself when it comes to sleep.
            loop.hasEnded = true;
            leaveEnded(loop, sleeper);
        }
    }

    /**
     * Takes the hub out of a loop that has ended. Either the thread that found out that it ended
     * does so, or the loop's own thread, if it went into the loop at that moment: each first writes
     * what the other one reads.
     */
    private void leaveEnded(Home loop, Carrier sleeper) {
        if (sleeper.takeOutOfLoop()) {
            try {
                awake(); // it may have been about to wait
                boolean unused = loop.forget();
            } finally {
                startCarrier();
            }
        }
    }

    // ---- Which carrier has the hub

    /**
     * Gives the hub, which no thread has, to the loop's own thread if that waits for it, else to a
     * thread of the hub's own. If no such thread can be started, the hub stays without a carrier:
     * the next slice tries again, and so does the watch.
     */
    private void startCarrier() {
        if (homeMayReturn()) {
            giveBack();
            return;
        }
        Carrier fresh = null;
        boolean started = false;
        try {
            fresh = new Carrier(this, false);
            fresh.letIn();
            carrier = fresh;
            threads.carry(fresh);
            started = true;
        } catch (RejectedExecutionException tooMany) {
            threads.tooMany(index);
        } finally {
            if (!started) {
                if (fresh != null) {
                    fresh.leave();
                }
                state.rest(HubState.NO_CARRIER);
                // the loop's thread may have begun to wait before it could see that no thread has
                // the hub
                if (homeMayReturn() && state.resume(HubState.NO_CARRIER)) {
                    giveBack();
                }
            }
        }
    }

    /**
     * Starts a carrier if slices or timers wait and there is none, because the last one could not
     * be started.
     */
    void ensureCarrier() {
        if (state.is(HubState.NO_CARRIER) && (hasWaiting() || !timers.isEmpty())) {
            summon();
        }
    }

    /**
     * Takes this hub from a carrier that is held in a slice, and gives it to another: the loop's
     * own thread if it waits for it, else a fresh one. The held carrier goes on with its slice in
     * parallel, and has no hub afterwards. To be called by the watch only.
     *
     * @param taken is run before another carrier gets the hub
     * @return false if there was nothing to take, or there are too many carriers
     */
    boolean retake(Carrier held, Runnable taken) {
        if (!threads.hasRoom() || !held.takeOut()) {
            return false;
        }
        try {
            meter.goesOn(held); // before its greenlet can have its next slice
            taken.run();
        } finally {
            // Also if there is no memory for the rest. Otherwise no thread would have the hub.
            startCarrier();
        }
        return true;
    }

    /** The same for one that is held in the loop ({@link #isStranded}). */
    boolean retakeFromLoop(Carrier held, Runnable taken) {
        if (!threads.hasRoom() || !held.takeOutOfLoop()) {
            return false;
        }
        try {
            awake(); // it may have been about to wait when a timer became due
            taken.run();
        } finally {
            startCarrier();
        }
        return true;
    }

    /** Whether the loop's own thread wants the hub, and no other is in the loop. */
    private boolean homeMayReturn() {
        Home loop = home;
        return loop != null && loop.waits && loop.turner == null;
    }

    /**
     * Tells the carrier that has the hub that the loop's own thread wants it; called without the
     * hub.
     */
    private void askForHome() {
        switch (state.summon()) {
            case HubState.SLEEPING -> wakeCarrier();
            case HubState.NO_CARRIER -> startCarrier();
            default -> {} // the carrier that has it will see it
        }
    }

    /** Says once that the JDK polls sockets, and why. */
    private void socketsFailed(Throwable failed) {
        if (socketsFailed.compareAndSet(false, true)) {
            LOG.log(
                    Level.WARNING,
                    "treadle-hub-" + index + ": the JDK polls the sockets of greenlets from now on",
                    failed);
        }
    }

    /** Gives the hub, which the caller has, to the loop's own thread, which waits for it. */
    private void giveBack() {
        Home loop = home;
        if (loop == null) {
            // only a thread that has the hub forgets its loop
            throw new IllegalStateException("a loop that waits for its hub is attached");
        }
        loop.waits = false;
        carrier = loop.carrier;
        loop.carrier.letIntoLoop();
        LockSupport.unpark(loop.carrier.thread());
    }

    /** Lets the carrier end as soon as it has nothing to run. Calling it again is harmless. */
    public void close() {
        closed = true;
        if (state.summonSleeper()) {
            wakeCarrier();
        }
    }

    // ---- For the watch

    /**
     * Whether there is something to watch: a carrier that runs slices or looks for some, or slices
     * without one.
     */
    boolean runs() {
        return state.is(HubState.RUNNING)
                || hasWaiting()
                || (state.is(HubState.NO_CARRIER) && !timers.isEmpty());
    }

    /** Returns the carrier that has this hub now; null before the first. */
    @Nullable Carrier carrier() {
        return carrier;
    }

    /**
     * Has a carrier run {@code action} the next time it looks into its queue, outside of slices;
     * null withdraws it. No thread is woken for it: waking a loop runs the container's code, in
     * which the watch must not be held.
     */
    void ask(@Nullable Runnable action) {
        question = action;
    }

    /** Puts a slice at the end of the queue; for the carrier, which needs no waking. */
    void append(Runnable slice) {
        slices.offer(slice);
    }

    /** Whether slices wait in the queue, or timers are due. */
    boolean hasWaiting() {
        return !slices.isEmpty() || timers.isDue();
    }

    /** Whether it is in the container's code while slices wait, or timers are due. */
    boolean isStranded(Carrier present) {
        return present.inLoop() && hasWaiting();
    }

    /** Returns how long until a timer is due that a loop has to see to; no less if it is idle. */
    long nanosToTimerOfLoop() {
        Carrier present = carrier;
        return present != null && present.inLoop() ? timers.nanosToFirst() : Long.MAX_VALUE;
    }

    /** Whether something may wait for this hub: slices, or events that no thread handles. */
    boolean mayHaveWaiting() {
        Home loop = home;
        return hasWaiting() || (loop != null && loop.events.canTurn());
    }

    // ---- The carrier: only the thread that has the hub

    /** The life of a carrier of the hub's own, on its thread, from its first slice to its last. */
    void carry(Carrier self) {
        boolean ended = false;
        try {
            carryOn(self);
            ended = true;
        } finally {
            if (!ended && self.leave()) {
                state.rest(HubState.NO_CARRIER); // the next slice, or the watch, starts another
                if (homeMayReturn() && state.resume(HubState.NO_CARRIER)) {
                    giveBack();
                }
            }
        }
    }

    private void carryOn(Carrier self) {
        self.settle();
        tellWatch();
        boolean turns = true; // until the loop fails on this thread
        boolean called = false;
        while (!homeMayReturn()) {
            if (!runSlices(self)) {
                return;
            }
            Home loop = home;
            boolean turning = turns && loop != null && loop.canBeTurned();
            self.sleepsInLoop(turning);
            if (!turning && closeSockets()) {
                continue; // greenlets whose waits have ended for nothing
            }
            if (turning && loop != null) {
                turns = turn(self, loop);
                if (self.isOut()) {
                    return;
                }
            } else if (loop == null && closed) {
                moveTimers();
                self.leave(); // before another one may be let in
                if (!stay(self, HubState.NO_CARRIER)) {
                    return;
                }
                self.letIn();
            } else if (!called && loop != null) {
                // The thread that is in the loop may have lost the hub while it only waited for
                // events. This call makes it come back. If that thread is held, this one may be
                // held now too.
                called = true;
                if (!callHome(self, loop)) {
                    return;
                }
            } else if (!stay(self, HubState.SLEEPING)) {
                park();
                tellWatch();
            }
        }
        if (self.leave()) {
            giveBack();
        }
    }

    /**
     * Ends the wait of the thread that is in the loop; false if the hub was taken away meanwhile.
     */
    private boolean callHome(Carrier self, Home loop) {
        if (!self.enterLoop()) {
            return false;
        }
        try {
            loop.events.wakeUp();
        } catch (RejectedExecutionException loopEnded) {
            loop.hasEnded = true;
        }
        boolean hasHub = self.leaveLoop();
        if (hasHub && loop.hasEnded) {
            // no thread wakes this loop for a slice any more, and so none would forget it
            boolean unused = loop.forget();
        }
        return hasHub;
    }

    /**
     * Runs timers that are due, and slices until none is left or the budget is spent.
     *
     * @return false if the hub was taken away
     */
    private boolean runSlices(Carrier self) {
        timers.fire(Hub::report);
        lookAtSockets();
        Runnable asked = question;
        if (asked != null) {
            question = null;
            try {
                asked.run();
            } catch (Throwable broken) {
                report(broken);
            }
        }
        long began = 0;
        for (int left = BUDGET; left > 0; left--) {
            Runnable slice = slices.poll();
            if (slice == null) {
                return true;
            }
            if (left == BUDGET) {
                began = System.nanoTime(); // else the end of the slice before
            }
            HubUse known = useOf(slice, began);
            self.enterSlice(slice, known, began);
            FlightEvents.SliceRecord recorded = beginRecord();
            run(slice);
            if (recorded != null) {
                record(recorded, self);
            }
            Runnable ran = self.slice();
            HubUse use = self.use();
            long now = System.nanoTime();
            if (!self.leaveSlice()) {
                try {
                    meter.endedLate(ran, use, began, now);
                } catch (Throwable notCounted) {
                    report(notCounted);
                } finally {
                    self.forgetSlice(); // else the watch would wait for this slice to end
                }
                return false;
            }
            try {
                meter.ended(ran, use, known != null, began, now);
            } catch (Throwable notCounted) {
                report(notCounted); // the other greenlets of this hub must go on
            }
            began = now;
            if (!self.isHome() && homeMayReturn()) {
                return true;
            }
        }
        return true;
    }

    /** A slice that was taken from the queue runs, whatever cannot be measured of it. */
    private @Nullable HubUse useOf(Runnable slice, long began) {
        try {
            return meter.begins(slice, began);
        } catch (Throwable notCounted) {
            report(notCounted);
            return null;
        }
    }

    private static FlightEvents.@Nullable SliceRecord beginRecord() {
        try {
            return FlightEvents.recordsSlices() ? FlightEvents.beginSlice() : null;
        } catch (Throwable notRecorded) {
            report(notRecorded);
            return null;
        }
    }

    /** Slices run after an error too: one of them may free memory. */
    private void lookAtSockets() {
        HubSockets open = sockets;
        if (open == null) {
            return;
        }
        try {
            open.look();
        } catch (Throwable broken) {
            // the loop does not wait while a socket is ready, so this may happen at each round
            long now = System.nanoTime();
            if (now - lookFailedAt > REPORT_NANOS) {
                lookFailedAt = now;
                report(broken);
            }
        }
    }

    private void record(FlightEvents.SliceRecord recorded, Carrier self) {
        try {
            if (recorded.ends()) {
                recorded.write(index, threadOf(self));
            }
        } catch (Throwable notWritten) {
            report(notWritten); // the end of the slice counts, not its record
        }
    }

    /** A child that sleeps for days needs no carrier meanwhile. */
    private void moveTimers() {
        try {
            timers.moveTo(threads.timers());
        } catch (OutOfMemoryError noThread) {
            report(noThread);
            LockSupport.parkNanos(this, RETRY_NANOS); // as the JDK does (submitRunContinuation)
        }
    }

    /**
     * Goes once round the loop in the place of its own thread. The hub may be taken away meanwhile.
     *
     * @return false if that cannot be done
     */
    private boolean turn(Carrier self, Home loop) {
        boolean wait = !stay(self, HubState.SLEEPING);
        loop.turner = self; // after the check whether the loop's own thread wants its hub
        if (!self.enterLoop()) {
            loop.turner = null;
            return false;
        }
        boolean turned = false;
        try {
            loop.events.turn(wait && !loop.hasEnded);
            turned = true;
        } catch (Throwable broken) {
            report(broken);
        }
        boolean hasHub = self.leaveLoop();
        loop.turner = null;
        if (hasHub) {
            awake();
            tellWatch();
        } else if (loop.waits) {
            askForHome(); // it could not have the hub while this thread was in its loop
        } else if (state.summonSleeper()) {
            wakeCarrier(); // nor could the carrier with the hub turn the loop
        }
        return turned;
    }

    /**
     * Hands the waits for sockets over to the JDK's pollers, for the thread that has the hub: no
     * thread that waits for events would see them.
     *
     * @return whether there were any
     */
    private boolean closeSockets() {
        HubSockets open = sockets;
        if (open == null) {
            return false;
        }
        sockets = null;
        open.close();
        return true;
    }

    private void awake() {
        if (state.is(HubState.SLEEPING)) {
            state.resume(HubState.SLEEPING); // or the thread that woke it has resumed it
        }
    }

    /** Whether this is the watch, which has seen that the socket of a greenlet is ready. */
    private boolean isWatch() {
        HubWatch present = watch;
        return present != null && present.isHere();
    }

    private void tellWatch() {
        HubWatch told = watch;
        if (told != null) {
            told.hubWoke();
        }
    }

    /**
     * Announces that this carrier is about to leave the queue alone.
     *
     * @return true if it has to stay, because there is something to do and no other thread takes
     *     care of it
     */
    private boolean stay(Carrier self, int announced) {
        state.rest(announced);
        boolean wanted =
                hasWaiting()
                        || (!self.isHome() && homeMayReturn())
                        || (announced == HubState.NO_CARRIER && !timers.isEmpty());
        return wanted && state.resume(announced);
    }

    private void park() {
        // Parking may return at any time for no reason; only a compare-and-set ends the sleep, of a
        // producer, of the close, of the loop's own thread that wants its hub back, or of this one
        // for a timer.
        while (state.is(HubState.SLEEPING)) {
            boolean mayEnd = closed && home == null;
            if ((mayEnd || timers.isDue()) && state.resume(HubState.SLEEPING)) {
                return;
            }
            long nanos = timers.nanosToFirst();
            if (nanos == Long.MAX_VALUE) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, nanos);
            }
            Thread.interrupted(); // nothing is meant by it here, and with it no park would park
        }
    }

    /** Returns the id of the virtual thread of its present slice; 0 if unknown. */
    private static long threadOf(Carrier carrier) {
        Runnable slice = carrier.slice(); // by now that of a thread which was only just made
        Thread thread = slice == null ? null : SliceOwner.of(slice);
        return thread == null ? 0 : thread.threadId();
    }

    private static void run(Runnable slice) {
        try {
            slice.run();
        } catch (Throwable broken) {
            // The JDK's task catches the exceptions of the virtual thread. An exception that
            // arrives here comes from the scheduler, the JDK, or an uncaught exception handler. It
            // must be seen, and the other greenlets of this hub must go on.
            report(broken);
        }
    }

    private static void report(Throwable broken) {
        Thread current = Thread.currentThread();
        try {
            current.getUncaughtExceptionHandler().uncaughtException(current, broken);
        } catch (Throwable brokenHandler) {
            try {
                broken.addSuppressed(brokenHandler);
                LOG.log(
                        Level.ERROR,
                        current.getName()
                                + ": a slice failed, and so did the uncaught exception handler",
                        broken);
            } catch (Throwable brokenLog) {
                // the hub must go on, even if it can tell nobody: no memory, or a broken log
            }
        }
    }

    // ---- The event loop's own thread

    /**
     * Lets an event loop carry this hub.
     *
     * @throws IllegalStateException if one does already
     */
    public LoopCarrier attach(EventLoop events) {
        Home fresh = new Home(events);
        synchronized (this) {
            if (home != null) {
                throw new IllegalStateException(
                        "hub " + index + ": an event loop carries it already (expected: none)");
            }
            home = fresh;
        }
        threads.prepareWakers(new LoopWake(null, fresh.carrier));
        return fresh;
    }

    /** An event loop and its own thread, from attach to detach. */
    private final class Home implements LoopCarrier {
        private final EventLoop events;
        private final Carrier carrier = new Carrier(Hub.this, true);
        private boolean settled; // of its thread
        private @Nullable SocketNest nest; // of its thread

        /**
         * Its thread wants the hub; set by that thread, reset by the thread that gives it the hub.
         */
        private volatile boolean waits;

        /** Its thread is in the container's code; written by that thread. */
        private volatile boolean inOwnLoop = true;

        /**
         * The carrier that turns the loop in the place of its own thread; written by that carrier.
         */
        private volatile @Nullable Carrier turner;

        private final AtomicBoolean attached = new AtomicBoolean(true);

        /** A thread that wanted to wake it was told that it has ended; never reset. */
        private volatile boolean hasEnded;

        Home(EventLoop events) {
            this.events = events;
        }

        @Override
        public boolean run() {
            if (!attached.get()) {
                return true;
            }
            boolean wait = false;
            boolean hasRun = false;
            while (!hasRun) {
                try {
                    if (!runHere()) {
                        return true;
                    }
                    if (slices.isEmpty()) {
                        carrier.sleepsInLoop(true);
                        wait = !stay(carrier, HubState.SLEEPING);
                    }
                    hasRun = true;
                } catch (Throwable broken) {
                    // It must not reach the container: some loops end with it, others never run
                    // this again, and each time the hub would be lost.
                    report(broken);
                    hasRun = stillHasHub();
                }
            }
            inOwnLoop = true;
            enterLoop(carrier);
            return wait;
        }

        /** Returns false if the loop has ended. */
        private boolean runHere() {
            do {
                if (!comeHome()) {
                    return false;
                }
                openSockets();
            } while (!runSlices(carrier));
            return true;
        }

        /**
         * After an error. Without the hub this thread must not go into its loop, which another
         * carrier may turn: it waits for the hub again.
         */
        private boolean stillHasHub() {
            boolean hasHub = carrier.leaveSlice() || !carrier.isOut();
            if (!hasHub) {
                carrier.forgetSlice();
                LockSupport.parkNanos(Hub.this, RETRY_NANOS); // it may be for want of memory
            }
            return hasHub;
        }

        /** For the carrier that has the hub; without it, its next step finds out. */
        private void enterLoop(Carrier self) {
            boolean unused = self.enterLoop();
            if (hasEnded) {
                try {
                    leaveEnded(this, self);
                } catch (Throwable notStarted) {
                    report(notStarted); // the watch tries again to start a carrier
                }
            }
        }

        /** For its own thread, which has the hub. */
        private void openSockets() {
            JdkSockets jdk = jdkSockets;
            if (jdk == null || socketsFailed.get()) {
                return;
            }
            try {
                SocketNest present = SocketNest.of(jdk.epoll(), events, nest);
                if (present == null) {
                    return;
                }
                nest = present;
                HubSockets open = sockets;
                if (open == null) {
                    sockets = HubSockets.open(jdk, present);
                } else {
                    open.nest(present);
                }
            } catch (OutOfMemoryError full) {
                report(full); // it tries again the next time
            } catch (Throwable failed) {
                boolean unused = closeSockets();
                socketsFailed(failed);
            }
        }

        @Override
        public long waitMillis() {
            long nanos = timers.nanosToFirst();
            return nanos == Long.MAX_VALUE ? nanos : -Math.floorDiv(-nanos, NANOS_PER_MILLI);
        }

        @Override
        public void awake() {
            if (!attached.get()) {
                return;
            }
            Thread self = Thread.currentThread();
            Carrier awoken = carrier.is(self) ? carrier : Carrier.of(self);
            // without the hub this thread must not change whether the hub sleeps
            if (awoken != null && awoken.hub().equals(Hub.this) && awoken.leaveLoop()) {
                Hub.this.awake();
                tellWatch();
                enterLoop(awoken);
            }
        }

        @Override
        public void detach() {
            if (!attached.get() || !settled) {
                forget();
                return;
            }
            if (!comeHome()) {
                return;
            }
            try {
                forget();
            } finally {
                if (carrier.leave()) {
                    state.rest(HubState.NO_CARRIER);
                    ensureCarrier();
                }
            }
        }

        /**
         * Whether another thread may turn the loop: no thread is in it. (Its own thread counts as
         * in it until it comes for the first time.)
         */
        boolean canBeTurned() {
            return !inOwnLoop && turner == null && !hasEnded && events.canTurn();
        }

        /**
         * Returns whether it was attached until now: true once. For a thread that has the hub, or
         * for any thread before its own has come for the hub.
         */
        private boolean forget() {
            if (!attached.compareAndSet(true, false)) {
                return false;
            }
            carrier.unsettle();
            home = null;
            LockSupport.unpark(carrier.thread()); // it may wait for the hub: comeHome
            boolean unused = closeSockets(); // no thread looks at them any more
            return true;
        }

        /**
         * Returns when this thread has the hub. It has it already, or takes it if no carrier has
         * it, or asks the carrier that has it and waits. That carrier gives the hub away after its
         * slice, or after its turn of the loop. If it is held in a slice, the watch takes the hub
         * from it.
         *
         * @return false if another thread has found out meanwhile that this loop has ended, and has
         *     the hub
         */
        private boolean comeHome() {
            if (!settled) {
                carrier.settle();
                settled = true;
            }
            if (carrier.leaveLoop() || !carrier.isOut()) {
                inOwnLoop = false;
                Hub.this.awake();
                tellWatch();
                return true;
            }
            boolean interrupted = false;
            while (!carrier.leaveLoop()) {
                if (!attached.get()) {
                    if (interrupted) {
                        Thread.currentThread().interrupt();
                    }
                    return false;
                }
                if (waits) {
                    LockSupport.park(Hub.this);
                    interrupted |= Thread.interrupted();
                } else { // at first, and when the watch took the hub before this thread came for it
                    waits = true;
                    ask();
                }
            }
            // it may have asked again in the moment in which it was given the hub
            waits = false;
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            inOwnLoop = false;
            try {
                events.turnsEnded();
            } catch (Throwable broken) {
                report(broken);
            }
            return true;
        }

        /**
         * By the container's code, in which this thread may be held. After an error this thread
         * waits all the same: it must not be in its loop at the same time as a carrier that turns
         * it. The hub is seen to be wanted by the carrier that has it, or by the turner.
         */
        private void ask() {
            try {
                askForHome();
            } catch (Throwable broken) {
                report(broken);
            }
        }
    }
}
