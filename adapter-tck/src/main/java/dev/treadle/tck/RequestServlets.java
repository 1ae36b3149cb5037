package dev.treadle.tck;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;

import java.util.List;

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
        for (String way : List.of("plain", "limited", "unused")) {
            application.add(
                    context,
                    "/sleep/" + way + "/*",
                    (request, response) -> {
                        sleepAndNote(probe, millis(request), System.nanoTime());
                        TckServlet.text(response, "slept");
                    });
        }
        application.add(
                context,
                "/queue-time",
                (request, response) ->
                        TckServlet.text(
                                response,
                                String.valueOf(request.getAttribute("dev.treadle.queueTime"))));
        application.add(
                context,
                "/sleep/async/*",
                (request, response) -> {
                    long start = System.nanoTime();
                    long millis = millis(request);
                    AsyncContext async = request.startAsync();
                    async.setTimeout(0);
                    Thread.ofPlatform()
                            .daemon()
                            .start(() -> {
                                sleepAndNote(probe, millis, start);
                                AsyncServlets.complete(async, "slept");
                            });
                });
    }

    private static long millis(HttpServletRequest request) {
        return Long.parseLong(request.getPathInfo().substring(1));
    }

    /** Sleeps, and notes for how many nanoseconds the request is inside at least. */
    private static void sleepAndNote(Probe probe, long millis, long start) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
        probe.note(String.valueOf(System.nanoTime() - start));
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
