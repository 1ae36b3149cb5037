package dev.treadle.gate;

import java.time.Duration;

/**
 * The right of one request to be inside. An adapter gets it from the {@link Gate}, and says with
 * {@link #endedBy} how the request can be ended. It calls {@link #enterThread} and {@link
 * #leaveThread} around each run of the application for this request, {@link #goesAsync} when the
 * request goes on without a thread, and {@link #becomesStream} when its answer is an event stream.
 * It calls {@link #release} once, when the answer is complete or no client will read it. A release
 * too many is harmless; a missing one costs a place for ever.
 *
 * <p>Safe for any thread.
 *
 * @since 0.2.0
 */
public non-sealed interface Permit extends Admission {
    /**
     * The name of the attribute that an adapter gives to a request that has waited: its {@link
     * #queueTime}, a {@link Duration}.
     */
    String QUEUE_TIME_ATTRIBUTE = "dev.treadle.queueTime";

    /**
     * Ends a request from outside. All methods may be called at the very moment the request becomes
     * complete, and must not touch a later request of the same connection then. {@link #end},
     * {@link #endWait} and {@link #abandon} are called from any thread, one call at a time, again
     * and again until the request is complete. They must not block.
     */
    interface Ending {
        /**
         * The request is overdue and no thread runs for it: ends it, as far as that can be done
         * now. The client gets {@link Permit#answer}, or the connection (the stream, on HTTP/2) is
         * cut if an answer has begun.
         */
        void end();

        /**
         * Whether a thread of this request waits for its client at this moment: for more of the
         * body, or for room for more of the answer.
         */
        default boolean waitsForClient() {
            return false;
        }

        /**
         * Interrupts a thread that runs the application for the request, now or as soon as that
         * harms no other request. To be called under the lock of the permit, so it must not call
         * the permit back nor wait.
         *
         * @return false if it does nothing, because the thread writes to its client and must not be
         *     interrupted in that. The write is then ended as a wait is ({@link #endWait}), and the
         *     thread is interrupted at a later {@link Permit#insist} if it runs on
         */
        default boolean interrupt(Thread running) {
            running.interrupt();
            return true;
        }

        /**
         * The request is overdue, and a thread that waits for the client did not come back when it
         * was interrupted, or cannot be interrupted in that: ends the wait. A read fails and leaves
         * the answer to be written; if an answer has begun, the connection or the stream is cut.
         */
        default void endWait() {}

        /**
         * The client has left and no thread runs for the request: ends it as the container does
         * when it notices that itself, so that listeners of the application are told of an error.
         */
        default void abandon() {
            end();
        }
    }

    /** Says how this request can be ended from outside; to be called once, before it runs. */
    void endedBy(Ending how);

    /**
     * Says that the current thread now runs the application for this request. Several threads may
     * do so at a time, and one may enter again while it is inside: it leaves as often.
     */
    void enterThread();

    /** Says that the current thread no longer runs the application for this request. */
    void leaveThread();

    /**
     * Clears the interrupt of the current thread if it was meant for this request, and keeps one
     * that is still to come from it until it leaves. To be called before an answer is written in
     * place of the application's: a write on a thread that is interrupted closes its channel
     * ({@link java.nio.channels.ClosedByInterruptException}), and on HTTP/2 with it all other
     * requests of the connection.
     */
    void forgetInterrupt();

    /**
     * Says that the request goes on without a thread: it can be ended while none runs for it, if it
     * runs too long, past the grace of a stop, or for a client that has left.
     */
    void goesAsync();

    /**
     * Returns how long the request was in queues before it was admitted; zero if it got in at once.
     */
    Duration queueTime();

    /**
     * Gives the place to the next in the queue, or back. The first call counts, all others do
     * nothing.
     */
    void release();

    /**
     * Says that the answer of this request is an event stream ({@link EventStreams}), when its
     * first bytes are about to go out or when the request goes on without a thread. From then on
     * the request is not counted in N nor at the limit of its path, but among the streams of the
     * gate. Calling it again is harmless.
     *
     * <p>If there are as many streams as allowed the request is refused. It keeps its place until
     * it ends. The adapter lets nothing of the application's answer out, and sends {@link #answer}
     * in its place; the application sees a write that fails, as if its client had left. A request
     * without a thread is ended as {@link #endedBy} has said, at the next call of {@link #insist}
     * or a second or two later.
     *
     * @return false if it is refused, now or before
     */
    boolean becomesStream();

    /** Whether this was to become an event stream when there were as many as allowed. */
    boolean isRefused();

    /**
     * Returns what to answer in place of the application to a request that is {@link #interrupted}.
     */
    GateAnswer answer();

    /**
     * If the request is overdue or refused: ends it. An overdue one: interrupts each thread that
     * runs the application for it now and has not been interrupted yet; ends the waits for the
     * client of those that have been; or ends the request if there is no thread. To be called again
     * and again: a thread may have come since. It is not interrupted as it comes ({@link
     * #enterThread}), because it may come to write the answer that the request is over. One that
     * compiles a page is interrupted at a later call. Not under the lock of this: an end may wait
     * for another one.
     */
    void insist();

    /**
     * Whether this request was interrupted because it ran too long or past the grace of a stop, or
     * was refused as an event stream, so that an answer not yet begun should be {@link #answer}.
     */
    boolean interrupted();

    /**
     * Whether this request was overdue while one of its threads compiled a page, and so was not
     * interrupted then. The adapter should then send {@link Gate#answerInterrupted} in place of any
     * answer that has not begun: a client whose request ran too long gets 503, and the page is
     * compiled for the next request.
     */
    boolean interruptHeldBack();
}
