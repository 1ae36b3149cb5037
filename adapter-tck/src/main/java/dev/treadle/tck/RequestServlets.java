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

    /** How often {@code /requests/use} has given way by its pauses. */
    static final String PAUSED = "paused ";

    /** How many slices a request had when it began to sleep; the last such note counts. */
    static final String HAD = "slices ";

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
                    sleep(probe, slices());
                    TckServlet.text(response, "slept");
                });
        application.add(
                context,
                "/requests/use",
                (request, response) -> {
                    long first = slices();
                    compute();
                    for (int i = 0; i < PAUSES; i++) {
                        Greenlets.yield();
                    }
                    probe.note(PAUSED + (slices() - first));
                    sleep(probe, first);
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

    private static long slices() {
        return Greenlets.slices().orElse(0);
    }

    /** Notes how many slices the request has had, as long as the note itself costs one more. */
    private static void noteSlices(Probe probe, long first) {
        long noted;
        do {
            noted = slices();
            probe.note(HAD + (noted - first + 1));
        } while (slices() != noted);
    }

    /**
     * Sleeps until the requests are let go, and notes the line before.
     *
     * @param first the slice in which the request began
     */
    private static void sleep(Probe probe, long first) {
        Thread thread = Thread.currentThread();
        AsyncServlets.elsewhere(probe.held(), thread::interrupt);
        try {
            probe.note(SLEEPS_AT + (nextLine() + 1));
            noteSlices(probe, first);
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
