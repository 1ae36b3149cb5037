package dev.treadle.internal.gate;

import dev.treadle.internal.base.HubUse;
import dev.treadle.stats.RequestState;

import org.jspecify.annotations.Nullable;

/**
 * The stack of a greenlet that waits outside of slices. It is the same until the next slice begins,
 * so a later list need not take it again. A stack takes some ten microseconds, and of ten thousand
 * requests that wait for seconds nearly all are where they were at the last list.
 *
 * @param slice the number of the slice that ended last
 * @param state of the thread
 * @param cause the state of the request that follows from thread and stack
 */
record RestingStack(
        Thread thread,
        HubUse use,
        long slice,
        Thread.State state,
        RequestState cause,
        RequestStack stack) {

    /**
     * A moment before a stack is taken.
     *
     * @param slice the number of the slice that ended last
     */
    record Before(Thread thread, HubUse use, long slice) {
        /** Returns null if the stack may change at any time. */
        static @Nullable Before of(RequestPermit.Used used) {
            Thread thread = used.thread();
            HubUse use = used.present();
            if (thread == null || use == null) {
                return null;
            }
            long slice = use.slices();
            // 0: it runs in a slice that was not seen
            return slice > 0 && use.restsSince(slice) ? new Before(thread, use, slice) : null;
        }

        /**
         * Returns what is to be remembered after the stack was taken; null if the greenlet has run
         * meanwhile, or is about to.
         */
        @Nullable RestingStack with(Thread.State state, RequestState cause, RequestStack stack) {
            return state != Thread.State.RUNNABLE && use.restsSince(slice)
                    ? new RestingStack(thread, use, slice, state, cause, stack)
                    : null;
        }
    }

    /** Whether this is what a stack would show now. */
    boolean holds(RequestPermit.Used now) {
        return thread.equals(now.thread())
                && use.equals(now.present())
                && use.restsSince(slice)
                && thread.getState() == state;
    }
}
