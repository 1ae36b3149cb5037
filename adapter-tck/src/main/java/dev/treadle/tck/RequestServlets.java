package dev.treadle.tck;

import dev.treadle.Greenlets;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/** Requests whose place in the code is known to the line. */
final class RequestServlets {
    static final String SLEEPS_AT = "sleeps at ";

    /** How long {@code /requests/use} computes. */
    static final Duration COMPUTES = Duration.ofMillis(50);

    /** How often {@code /requests/use} gives way before it sleeps. */
    static final int PAUSES = 7;

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
        application.add(
                context,
                "/requests/use",
                (request, response) -> {
                    compute();
                    for (int i = 0; i < PAUSES; i++) {
                        Greenlets.yield();
                    }
                    sleep(probe);
                    TckServlet.text(response, "used");
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

    /** Computes for so long: on a platform thread that is processor time. */
    private static void compute() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        LongSupplier clock =
                Thread.currentThread().isVirtual()
                        ? System::nanoTime
                        : threads::getCurrentThreadCpuTime;
        long end = clock.getAsLong() + COMPUTES.toNanos();
        while (clock.getAsLong() < end) {
            Thread.onSpinWait();
        }
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
