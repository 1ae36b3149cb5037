package dev.treadle.gate;

import dev.treadle.stats.RunningRequest;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;

/**
 * Admits at most N requests at a time. Further requests wait in the queue, up to a length and a
 * time, and the rest is refused at once. The gate counts requests, not connections and not threads.
 *
 * <p>An adapter brings each new request once, with {@link #enter(String, String, ClientSocket)}
 * from a thread that may park, or with {@link #enter(String, String, ClientSocket, GateListener)}
 * from an event loop that may not. It does not bring error or asynchronous dispatches of requests
 * that are inside already, because those would wait for themselves. Safe for any thread.
 *
 * <p>A request at {@link dev.treadle.settings.WorkerSettings#readyPath} is answered by the gate
 * itself: 200 while requests are taken, and 503 from the first moment of a stop.
 *
 * <p>A request whose path has an inner limit ({@link dev.treadle.settings.LimitSettings}) takes a
 * place there first. The time in both queues together is at most the {@link #queueTimeout}. A
 * request that did not wait at its limit is treated at the gate as any other, and is refused if the
 * queue is full. A request that did wait may wait here too, even if the queue is full, within its
 * time. So this queue may be longer than the {@link #queue}, by no more than all limits admit
 * together.
 *
 * <p>A request whose answer is an event stream gives both places back when its first bytes go out,
 * and is one of at most {@link dev.treadle.settings.WorkerSettings#streams} from then on ({@link
 * Permit#becomesStream}).
 *
 * <p>A request whose path has priority waits at neither, and is not counted in N, up to {@link
 * dev.treadle.settings.WorkerSettings#priorityLimit} such requests at a time. A further one is
 * treated as any other request.
 *
 * @since 0.2.0
 */
public interface Gate {
    /** A request on its way in that holds no thread. */
    interface Place {
        /**
         * Leaves the queue if the longest time in it is over: to be called after {@link
         * #millisLeft}, and again as often as it says so, until the listener has been called.
         *
         * @return after how many milliseconds to call it again, at least 1; 0 if it has left the
         *     queue now
         */
        long expire();

        /** Returns how many milliseconds are left of the longest time in the queue, at least 1. */
        long millisLeft();
    }

    /**
     * Brings a new request, and parks the current thread while it waits in the queue.
     *
     * @param method the HTTP method, for reports
     * @param path the path, decoded, without query and path parameters: for reports, and for what
     *     goes by path
     * @param client tells on which connection it came
     * @return the permit, to be released when the request is complete; or what to answer
     * @throws InterruptedException if interrupted in the queue, as the end of the workers does; the
     *     place in the queue is given up, and {@link #answerStopping} is what to answer
     */
    Admission enter(String method, String path, ClientSocket client) throws InterruptedException;

    /**
     * Brings a new request without blocking. The listener is called once, before this returns or
     * later.
     *
     * @param method the HTTP method, for reports
     * @param path the path, decoded, without query and path parameters
     * @param client tells on which connection it came
     * @return the place in the queue, whose {@link Place#expire} the caller calls after {@link
     *     Place#millisLeft}; null if the listener has been called already
     */
    @Nullable Place enter(String method, String path, ClientSocket client, GateListener listener);

    /**
     * Returns what to answer to a request that comes, or is in the queue, when the workers stop.
     */
    GateAnswer answerStopping();

    /**
     * Returns what to answer to a request that was interrupted before its answer began: another try
     * may succeed.
     */
    GateAnswer answerInterrupted();

    /**
     * Whether new requests are to be sent here: false from the first moment of a stop. An adapter
     * then adds {@code Connection: close} to each answer on HTTP/1.1, so that clients bring their
     * next request to another server.
     */
    boolean ready();

    /** Returns N. */
    int limit();

    /** Returns how many may wait in the queue; 0: none. */
    int queue();

    /** Returns how long one may wait in the queue. */
    Duration queueTimeout();

    /**
     * Returns how many requests are inside, those of priority paths and event streams not counted;
     * a snapshot. It is more than N only after N has become smaller.
     */
    int active();

    /**
     * Returns how many requests wait in the queue at the gate itself, those in the queues of limits
     * not counted; a snapshot. {@link dev.treadle.stats.QueueStats#waiting} counts all. Harakiri's
     * threshold goes by this one: a queue at a limit says that one dependency is slow, not that
     * places are scarce.
     */
    int waiting();

    /** Returns how many event streams are open that are counted apart from N; a snapshot. */
    int streams();

    /** Whether new requests are refused because of a drain. */
    boolean draining();

    /** Returns the requests inside, oldest first; a snapshot. */
    List<RunningRequest> requests();
}
