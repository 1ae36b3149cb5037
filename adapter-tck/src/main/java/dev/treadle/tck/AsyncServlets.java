package dev.treadle.tck;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletResponse;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** The asynchronous part of the application. */
final class AsyncServlets {
    private static final String ELSEWHERE = "tck-elsewhere";

    /** Where the context has a request that another one dispatches. */
    private static final String KEPT = "kept";

    private AsyncServlets() {}

    static void register(TckApplication application, ServletContext context) {
        CountDownLatch held = application.probe().held();
        application.add(
                context,
                "/async/complete",
                (request, response) -> {
                    AsyncContext async = started(request.startAsync());
                    elsewhere(held, () -> complete(async, "completed"));
                });
        application.add(
                context,
                "/async/keep",
                (request, response) -> {
                    AsyncContext async = request.startAsync();
                    async.setTimeout(0);
                    context.setAttribute(KEPT, async);
                    application.probe().note("kept");
                });
        application.add(
                context,
                "/async/kick",
                (request, response) -> {
                    request.startAsync().setTimeout(0);
                    ((AsyncContext) context.getAttribute(KEPT)).dispatch("/hold");
                });
        application.add(
                context,
                "/async/start",
                (request, response) -> {
                    AsyncContext async = started(request.startAsync());
                    async.start(() -> complete(async, TckServlet.thread()));
                });
        application.add(
                context,
                "/async/dispatch",
                (request, response) -> {
                    AsyncContext async = started(request.startAsync());
                    elsewhere(held, () -> async.dispatch("/thread"));
                });
        application.add(
                context,
                "/async/dispatch-exception",
                (request, response) -> {
                    AsyncContext async = started(request.startAsync());
                    elsewhere(held, () -> async.dispatch("/exception"));
                });
        application.add(
                context,
                "/async/dispatch-again",
                (request, response) -> {
                    AsyncContext async = started(request.startAsync());
                    elsewhere(held, () -> async.dispatch("/async/complete"));
                });
        application.add(
                context,
                "/async/timeout",
                (request, response) -> {
                    AsyncContext async = request.startAsync();
                    async.setTimeout(100);
                });
        application.add(
                context,
                "/async/timeout-handled",
                (request, response) -> {
                    AsyncContext async = request.startAsync();
                    async.setTimeout(100);
                    async.addListener(new CompleteOnTimeout());
                });
        application.add(
                context,
                "/async/throw-after-start",
                (request, response) -> {
                    // Jetty answers at the end of the asynchronous timeout, by itself 30 s; others
                    // at once
                    request.startAsync().setTimeout(100);
                    throw new IllegalStateException("thrown by the application after startAsync");
                });
    }

    private static AsyncContext started(AsyncContext async) {
        async.setTimeout(60_000);
        return async;
    }

    /**
     * A thread of the application's own, which Treadle neither made nor knows. It may come too
     * late: of a request that was ended meanwhile a container says so, or not. If it says so of
     * another one, that is never answered.
     */
    static void elsewhere(CountDownLatch held, Runnable action) {
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                held.await();
                            } catch (InterruptedException interrupted) {
                                Thread.currentThread().interrupt();
                            }
                            try {
                                action.run();
                            } catch (IllegalStateException endedMeanwhile) {
                                // an uncaught exception would fail any test code that waits at that
                                // moment
                            }
                        },
                        ELSEWHERE);
        thread.setDaemon(true);
        thread.start();
    }

    /** Whether all of these threads have ended: Tomcat warns of those it finds at its stop. */
    static boolean isNobodyElsewhere() {
        return Resources.noneNamed(ELSEWHERE);
    }

    static void complete(AsyncContext async, String text) {
        try {
            ServletResponse response = async.getResponse();
            response.setContentType("text/plain");
            response.getWriter().print(text);
        } catch (IOException clientGone) {
            // the request is completed all the same
        }
        async.complete();
    }

    private static final class CompleteOnTimeout implements AsyncListener {
        @Override
        public void onTimeout(AsyncEvent event) {
            complete(event.getAsyncContext(), "timed out on " + TckServlet.thread());
        }

        @Override
        public void onComplete(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }
}
