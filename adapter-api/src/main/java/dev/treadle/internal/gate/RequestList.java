package dev.treadle.internal.gate;

import dev.treadle.gate.ClientSocket;
import dev.treadle.internal.base.StackFrames;
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

    /**
     * A stack, and the frame of the application in it. Most requests that wait have the stack of
     * many others, so each different one is kept once and looked through once.
     */
    private record Stack(List<StackTraceElement> frames, String own) {
        static final Stack NONE = new Stack(List.of(), "");

        static Stack of(List<StackTraceElement> frames) {
            StackTraceElement own = StackFrames.ofApplication(frames);
            return new Stack(frames, own == null ? "" : StackFrames.text(own));
        }
    }

    /** Returns the requests, oldest first. */
    List<RequestView> take() {
        ThreadCpu.isLookedAt();
        List<Entry> entries = entries();
        List<Long> ids = numbers(entries);
        Map<List<StackTraceElement>, Stack> stacks = new HashMap<>();
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
    private static @Nullable RequestView view(
            Entry entry, long id, Map<List<StackTraceElement>, Stack> stacks) {
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
            RequestPermit permit,
            long id,
            Duration age,
            Map<List<StackTraceElement>, Stack> stacks) {
        RequestPermit.Used used = permit.used();
        RequestThread thread = thread(permit, used.hub(), stacks);
        String client = client(permit.client());
        Stack stack = stacks.getOrDefault(thread.stack(), Stack.NONE);
        RequestState state = state(permit, thread);
        if (permit.isReleased()) {
            return null; // its connection may have the next one by now
        }
        return new RequestView(
                id,
                permit.method(),
                permit.path(),
                age,
                state,
                client,
                thread,
                stack.own(),
                used.slices() < 0 ? OptionalLong.empty() : OptionalLong.of(used.slices()),
                used.cpuNanos() < 0
                        ? Optional.empty()
                        : Optional.of(Duration.ofNanos(used.cpuNanos())));
    }

    private static RequestThread thread(
            RequestPermit permit, int hub, Map<List<StackTraceElement>, Stack> stacks) {
        Thread thread = permit.runner();
        if (thread == null) {
            return RequestThread.NONE;
        }
        List<StackTraceElement> stack = List.of(thread.getStackTrace());
        Thread.State state = thread.getState();
        if (!permit.runsOn(thread)) {
            return RequestThread.NONE;
        }
        return new RequestThread(
                thread.getName(),
                thread.threadId(),
                thread.isVirtual(),
                state,
                hub,
                stacks.computeIfAbsent(stack, Stack::of).frames());
    }

    private static RequestState state(RequestPermit permit, RequestThread thread) {
        if (permit.isStream()) {
            return RequestState.STREAM;
        }
        if (thread.id() > 0) {
            return RequestState.of(thread.state(), thread.stack());
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
