package dev.treadle.stats;

import dev.treadle.internal.base.ClientText;

import java.util.List;

/**
 * A thread that runs the application for a request.
 *
 * @param name its name, escaped and cut as text from a client is; empty if there is no thread
 * @param id its identifier ({@link Thread#threadId}); 0 if there is no thread
 * @param virtual whether it is a virtual thread
 * @param state its state; {@link java.lang.Thread.State#NEW} if there is no thread
 * @param hub the index of the hub it belongs to, from 0; -1 if it belongs to none
 * @param stack its stack, the top first; empty if there is none, or if it was not asked for
 * @since 0.2.0
 */
public record RequestThread(
        String name,
        long id,
        boolean virtual,
        Thread.State state,
        int hub,
        List<StackTraceElement> stack) {

    /** Of a request that no thread runs for. */
    public static final RequestThread NONE =
            new RequestThread("", 0, false, Thread.State.NEW, -1, List.of());

    /**
     * Escapes and cuts the name, which may hold text from a client, and makes the list immutable.
     */
    public RequestThread {
        name = ClientText.shown(name);
        stack = List.copyOf(stack);
    }

    RequestThread withoutStack() {
        return new RequestThread(name, id, virtual, state, hub, List.of());
    }
}
