package dev.treadle.internal.hub;

import java.util.ArrayList;
import java.util.List;

/**
 * The few frames of a stack that matter: where the thread stands, the first frame that is not the
 * JDK's, and the application's. Frames of containers, of Spring and of Treadle are left out.
 */
final class Frames {
    /** How many frames are shown at most. */
    static final int MOST = 6;

    private static final List<String> JDK = List.of("java.", "javax.", "jdk.", "sun.", "com.sun.");

    /**
     * Prefixes of classes whose frames lie between the thread of a request and the application, on
     * every request.
     */
    private static final List<String> BETWEEN =
            List.of(
                    "jakarta.",
                    "org.apache.catalina.",
                    "org.apache.coyote.",
                    "org.apache.jasper.",
                    "org.apache.tomcat.",
                    "org.eclipse.jetty.",
                    "io.undertow.",
                    "org.xnio.",
                    "org.jboss.threads.",
                    "org.springframework.",
                    "io.micrometer.",
                    "kotlin.",
                    "kotlinx.",
                    "dev.treadle.internal.",
                    "dev.treadle.loop.",
                    "dev.treadle.spi.",
                    "dev.treadle.tomcat.",
                    "dev.treadle.jetty.",
                    "dev.treadle.undertow.",
                    "dev.treadle.boot.",
                    "dev.treadle.launcher.");

    private Frames() {}

    /** Returns the frames that matter, in the order of the stack; empty if the stack is. */
    static List<StackTraceElement> thatMatter(List<StackTraceElement> stack) {
        List<StackTraceElement> shown = new ArrayList<>();
        boolean outsideJdk = false;
        for (int i = 0; i < stack.size() && shown.size() < MOST; i++) {
            StackTraceElement frame = stack.get(i);
            boolean firstOutside = !outsideJdk && !isOf(JDK, frame);
            outsideJdk |= firstOutside;
            if (i == 0 || firstOutside || isOfApplication(frame)) {
                shown.add(frame);
            }
        }
        return shown;
    }

    private static boolean isOfApplication(StackTraceElement frame) {
        return !isOf(JDK, frame)
                && !isOf(BETWEEN, frame)
                && !frame.getClassName().contains("$$"); // proxies, made at run time
    }

    private static boolean isOf(List<String> packages, StackTraceElement frame) {
        String name = frame.getClassName();
        for (String each : packages) {
            if (name.startsWith(each)) {
                return true;
            }
        }
        return false;
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
