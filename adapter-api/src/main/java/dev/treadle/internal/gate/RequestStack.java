package dev.treadle.internal.gate;

import dev.treadle.internal.base.StackFrames;

import java.util.List;

/**
 * A stack, and the frame of the application in it. Most requests that wait have the stack of many
 * others, so each different one is kept once and looked through once.
 *
 * @param own empty if there is none
 */
record RequestStack(List<StackTraceElement> frames, String own) {
    static final RequestStack NONE = new RequestStack(List.of(), "");

    static RequestStack of(List<StackTraceElement> frames) {
        StackTraceElement own = StackFrames.ofApplication(frames);
        return new RequestStack(frames, own == null ? "" : StackFrames.text(own));
    }
}
