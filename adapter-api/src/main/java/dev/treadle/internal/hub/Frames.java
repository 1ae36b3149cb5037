package dev.treadle.internal.hub;

import dev.treadle.internal.base.StackFrames;

import java.util.ArrayList;
import java.util.List;

/**
 * The few frames of a stack that matter: where the thread stands, the first frame that is not the
 * JDK's, and the application's. Frames of containers, of Spring and of Treadle are left out.
 */
final class Frames {
    /** How many frames are shown at most. */
    static final int MOST = 6;

    private Frames() {}

    /** Returns the frames that matter, in the order of the stack; empty if the stack is. */
    static List<StackTraceElement> thatMatter(List<StackTraceElement> stack) {
        List<StackTraceElement> shown = new ArrayList<>();
        boolean outsideJdk = false;
        for (int i = 0; i < stack.size() && shown.size() < MOST; i++) {
            StackTraceElement frame = stack.get(i);
            boolean firstOutside = !outsideJdk && !StackFrames.isOfJdk(frame);
            outsideJdk |= firstOutside;
            if (i == 0 || firstOutside || StackFrames.isOfApplicationOrLibrary(frame)) {
                shown.add(frame);
            }
        }
        return shown;
    }

    /** Returns each frame on a line of its own, as a stack trace has them. */
    static String lines(List<StackTraceElement> frames) {
        StringBuilder lines = new StringBuilder();
        for (StackTraceElement frame : frames) {
            lines.append(System.lineSeparator()).append("    at ").append(frame);
        }
        return lines.toString();
    }
}
