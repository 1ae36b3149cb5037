package dev.treadle.tck;

import jakarta.servlet.ServletContext;

/** Requests whose place in the code is known to the line. */
final class RequestServlets {
    static final String SLEEPS_AT = "sleeps at ";

    private static final long FOR_LONG_MILLIS = 60_000;

    private RequestServlets() {}

    static void register(TckApplication application, ServletContext context) {
        Probe probe = application.probe();
        application.add(
                context,
                "/requests/sleep",
                (request, response) -> {
                    sleep(probe);
                    TckServlet.text(response, "slept");
                });
    }

    /** Sleeps until the requests are let go, and notes the line before. */
    private static void sleep(Probe probe) {
        Thread thread = Thread.currentThread();
        AsyncServlets.elsewhere(probe.held(), thread::interrupt);
        try {
            probe.note(SLEEPS_AT + nextLine());
            Thread.sleep(FOR_LONG_MILLIS);
        } catch (InterruptedException letGo) {
            // the end of the sleep
        }
    }

    /** Returns the line after that of the caller. */
    private static int nextLine() {
        return 1
                + StackWalker.getInstance()
                        .walk(frames -> frames.skip(1).findFirst().orElseThrow().getLineNumber());
    }
}
