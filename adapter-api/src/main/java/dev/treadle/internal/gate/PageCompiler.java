package dev.treadle.internal.gate;

import java.util.List;

/**
 * Tells whether a thread compiles a JSP. Such a thread must not be interrupted: Jasper and the
 * compiler that it calls read and write files through channels, which an interrupt closes for good
 * ({@link java.nio.channels.ClosedByInterruptException}). The half-made page is then answered with
 * 404 or with 500, {@code ClassNotFoundException}, until Jasper looks again after seconds, by
 * requests that had nothing to do with the interrupt. A compilation ends by itself.
 *
 * <p>The thread may begin to compile between this look and the interrupt. That is a matter of
 * microseconds, and costs one more compilation where Jasper's {@code recompileOnFail} is set.
 */
final class PageCompiler {
    /** Tomcat's Jasper, in its own jars and in those of Jetty. */
    private static final String CLASS = "org.apache.jasper.JspCompilationContext";

    private static final String METHOD = "compile";

    private PageCompiler() {}

    static boolean runsOn(Thread thread) {
        return isIn(List.of(thread.getStackTrace()));
    }

    static boolean isIn(List<StackTraceElement> stack) {
        for (StackTraceElement frame : stack) {
            if (frame.getClassName().equals(CLASS) && frame.getMethodName().equals(METHOD)) {
                return true;
            }
        }
        return false;
    }
}
