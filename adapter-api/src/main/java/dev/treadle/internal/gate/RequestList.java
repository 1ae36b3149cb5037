package dev.treadle.internal.gate;

import static dev.treadle.stats.RequestState.STREAM;

import dev.treadle.gate.ClientSocket;
import dev.treadle.stats.RequestState;
import dev.treadle.stats.RequestThread;
import dev.treadle.stats.RequestView;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Lists the requests inside and in the queues, with the stacks of their threads.
 *
 * <p><b>No request waits for a list.</b> Queues are looked at under their locks, which takes as
 * long as one pass over the places. No lock is held while a stack is taken. So the thread may be
 * done with its request by then: its stack counts only if the thread still runs that request after
 * it.
 *
 * <p><b>Each request is listed once.</b> Queues are looked at first, in the order in which a
 * request passes them, then those inside. A request that moves on meanwhile is seen twice rather
 * than not at all; its permit and its places share one {@link QueuedRequest}, which tells.
 */
final class RequestList {
    private static final Logger LOG = System.getLogger("dev.treadle.gate");

    /** After so many stacks the thread gives way: it may be a greenlet that holds its hub. */
    private static final int PORTION = 16;

    /**
     * A list takes so many stacks in any case. A busy machine that has just started a JVM needs
     * more than a second for them, and with fewer requests a person expects to see all.
     */
    private static final int ANY_TIME_STACKS = 1_000;

    /**
     * A list that has taken these and has taken stacks for so long takes no more. A cold JVM took
     * 0.8 s for the stacks of 10,000 requests, and a person waits for the answer. Greenlets that
     * rest keep what was seen of them, so the next list takes those that are missing.
     */
    private static final long STACKS_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    private final Supplier<List<Limiter>> limiters;
    private final Consumer<Consumer<RequestPermit>> inside;

    /** Guards the numbers of requests. */
    private final ReentrantLock numbering = new ReentrantLock();

    private long lastId; // guarded by numbering

    /**
     * @param limiters those with a queue, in the order in which a request passes them
     * @param inside calls its argument for each request inside
     */
    RequestList(Supplier<List<Limiter>> limiters, Consumer<Consumer<RequestPermit>> inside) {
        this.limiters = limiters;
        this.inside = inside;
    }

    /** A request in the list: in the queue, or inside. */
    private record Entry(
            @Nullable QueuedRequest queued, @Nullable RequestPermit permit, long ageNanos) {}

    /** Returns the requests, oldest first. */
    List<RequestView> take() {
        ThreadCpu.isLookedAt();
        List<Entry> entries = entries();
        List<Long> ids = numbers(entries);
        Stacks stacks = new Stacks();
        List<RequestView> views = new ArrayList<>(entries.size());
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            RequestView view = view(entry, ids.get(i), stacks);
            if (view != null) {
                views.add(view);
            }
            if (i % PORTION == PORTION - 1) {
                giveWay();
            }
        }
        return views;
    }

    @SuppressWarnings("ThreadPriorityCheck") // nothing depends on it; others get their turn sooner
    private static void giveWay() {
        Thread.yield();
    }

    private List<Entry> entries() {
        Set<QueuedRequest> queued = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Limiter limiter : limiters.get()) {
            limiter.forEachWaiting(place -> {
                QueuedRequest request = place.request();
                if (request != null) {
                    queued.add(request);
                }
            });
        }
        List<RequestPermit> permits = new ArrayList<>();
        inside.accept(permits::add);
        long now = System.nanoTime();
        List<Entry> entries = new ArrayList<>(queued.size() + permits.size());
        for (RequestPermit permit : permits) {
            QueuedRequest before = permit.waitedAs();
            if (before != null) {
                queued.remove(before);
            }
            entries.add(new Entry(null, permit, permit.ageNanos(now)));
        }
        queued.forEach(
                each -> entries.add(new Entry(each, null, Math.max(0, now - each.sinceNanos()))));
        entries.sort((one, other) -> Long.compare(other.ageNanos(), one.ageNanos()));
        return entries;
    }

    /** Gives a number to each request that has none. */
    private List<Long> numbers(List<Entry> entries) {
        List<Long> ids = new ArrayList<>(entries.size());
        numbering.lock();
        try {
            for (Entry entry : entries) {
                QueuedRequest queued = entry.queued();
                RequestPermit permit = entry.permit();
                if (permit != null) {
                    ids.add(number(permit));
                } else if (queued != null) {
                    ids.add(number(queued));
                }
            }
        } finally {
            numbering.unlock();
        }
        return ids;
    }

    private long number(RequestPermit permit) {
        QueuedRequest before = permit.waitedAs();
        if (before != null) {
            return number(before);
        }
        if (permit.id == 0) {
            permit.id = ++lastId;
        }
        return permit.id;
    }

    private long number(QueuedRequest queued) {
        if (queued.id() == 0) {
            queued.id(++lastId);
        }
        return queued.id();
    }

    /** Returns null for a request that is complete by now. */
    private static @Nullable RequestView view(Entry entry, long id, Stacks stacks) {
        QueuedRequest queued = entry.queued();
        RequestPermit permit = entry.permit();
        Duration age = Duration.ofNanos(entry.ageNanos());
        if (queued != null) {
            return new RequestView(
                    id,
                    queued.method(),
                    queued.path(),
                    age,
                    RequestState.QUEUED,
                    client(queued.client()),
                    RequestThread.NONE,
                    "",
                    OptionalLong.empty(),
                    Optional.empty());
        }
        return permit == null ? null : inside(permit, id, age, stacks);
    }

    private static @Nullable RequestView inside(
            RequestPermit permit, long id, Duration age, Stacks stacks) {
        RequestPermit.Used used = permit.used();
        Seen seen = seen(permit, used, stacks);
        String client = client(permit.client());
        if (permit.isReleased()) {
            return null; // its connection may have the next one by now
        }
        return new RequestView(
                id,
                permit.method(),
                permit.path(),
                age,
                seen.state(),
                client,
                seen.thread(),
                seen.stack().own(),
                used.slices() < 0 ? OptionalLong.empty() : OptionalLong.of(used.slices()),
                used.cpuNanos() < 0
                        ? Optional.empty()
                        : Optional.of(Duration.ofNanos(used.cpuNanos())));
    }

    /** The stacks of one list, each different one once. Used by one thread. */
    private static final class Stacks {
        private final Map<List<StackTraceElement>, RequestStack> known = new HashMap<>();
        private final long end = System.nanoTime() + STACKS_NANOS;
        private int taken;

        /** Returns the stack of the thread; none if this list has taken stacks for long enough. */
        List<StackTraceElement> take(Thread thread) {
            if (taken >= ANY_TIME_STACKS && System.nanoTime() - end >= 0) {
                return List.of();
            }
            taken++;
            return List.of(thread.getStackTrace());
        }

        RequestStack shared(List<StackTraceElement> frames) {
            return frames.isEmpty()
                    ? RequestStack.NONE
                    : known.computeIfAbsent(frames, RequestStack::of);
        }
    }

    /** The thread of a request, and what its stack says. */
    private record Seen(RequestThread thread, RequestState state, RequestStack stack) {}

    private static Seen seen(RequestPermit permit, RequestPermit.Used used, Stacks stacks) {
        RestingStack known = permit.resting;
        if (known != null && known.holds(used)) {
            RequestStack stack = known.stack();
            RequestThread thread =
                    thread(known.thread(), known.state(), used.hub(), stack.frames());
            return new Seen(thread, permit.isStream() ? STREAM : known.cause(), stack);
        }
        Thread runner = permit.runner();
        if (runner != null) {
            RestingStack.Before before = RestingStack.Before.of(used);
            List<StackTraceElement> frames = stacks.take(runner);
            Thread.State state = runner.getState();
            if (permit.runsOn(runner)) {
                RequestStack stack = stacks.shared(frames);
                RequestState cause = RequestState.of(state, stack.frames());
                permit.resting =
                        before == null || frames.isEmpty() || !before.thread().equals(runner)
                                ? null
                                : before.with(state, cause, stack);
                RequestThread thread = thread(runner, state, used.hub(), stack.frames());
                return new Seen(thread, permit.isStream() ? STREAM : cause, stack);
            }
        }
        return new Seen(RequestThread.NONE, withoutThread(permit), RequestStack.NONE);
    }

    private static RequestThread thread(
            Thread thread, Thread.State state, int hub, List<StackTraceElement> stack) {
        return new RequestThread(
                thread.getName(), thread.threadId(), thread.isVirtual(), state, hub, stack);
    }

    private static RequestState withoutThread(RequestPermit permit) {
        if (permit.isStream()) {
            return STREAM;
        }
        return permit.isAsync() ? RequestState.ASYNC : RequestState.RUNNING;
    }

    private static String client(ClientSocket client) {
        try {
            return MaskedAddress.of(client.address());
        } catch (RuntimeException broken) {
            // of this one: the others are to be listed all the same
            LOG.log(Level.DEBUG, "the address of a client could not be told", broken);
            return "";
        }
    }
}
