package dev.treadle.tck;

import static java.nio.charset.StandardCharsets.US_ASCII;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Answers with server-sent events, begun and held open in each of the ways that there are. */
final class StreamServlets {
    private static final byte[] EVENT = {'d', 'a', 't', 'a', ':', ' ', '1', '\n', '\n'};
    private static final long FOR_EVER = 0;
    private static final long PAUSE_MILLIS = 10;

    private StreamServlets() {}

    static void register(TckApplication application, ServletContext context) {
        Probe probe = application.probe();
        CountDownLatch held = probe.held();
        application.add(
                context,
                "/stream/async",
                (request, response) -> {
                    AsyncContext async = idle(probe, request, response);
                    sendEvent(response);
                    AsyncServlets.elsewhere(held, async::complete);
                });
        application.add(
                context,
                "/stream/endless",
                (request, response) -> {
                    idle(probe, request, response);
                    sendEvent(response);
                });
        application.add(
                context,
                "/stream/elsewhere",
                (request, response) -> {
                    AsyncContext async = idle(probe, request, response);
                    AsyncServlets.elsewhere(
                            new CountDownLatch(0), () -> sendEventOrComplete(async));
                    AsyncServlets.elsewhere(held, async::complete);
                });
        application.add(
                context,
                "/stream/unannounced",
                (request, response) -> {
                    AsyncContext async = request.startAsync();
                    async.setTimeout(FOR_EVER);
                    AsyncServlets.elsewhere(
                            new CountDownLatch(0),
                            () -> {
                                async.getResponse().setContentType("text/event-stream");
                                sendEventOrComplete(async);
                            });
                    AsyncServlets.elsewhere(held, async::complete);
                });
        application.add(
                context,
                "/stream/silent",
                (request, response) ->
                        AsyncServlets.elsewhere(held, idle(probe, request, response)::complete));
        application.add(context, "/stream/sync", (request, response) -> tick(held, response));
        application.add(
                context,
                "/stream/endless-sync",
                (request, response) -> tick(new CountDownLatch(1), response));
        application.add(
                context, "/stream/deaf", (request, response) -> tickDeaf(held, request, response));
        application.add(
                context,
                "/stream/finite",
                (request, response) -> {
                    type(response);
                    response.getOutputStream().write(EVENT);
                });
    }

    private static void type(HttpServletResponse response) {
        response.setContentType("text/event-stream;charset=UTF-8");
    }

    private static AsyncContext idle(
            Probe probe, HttpServletRequest request, HttpServletResponse response) {
        type(response);
        AsyncContext async = request.startAsync();
        async.setTimeout(FOR_EVER);
        async.addListener(new WaitingServlets.Recorder(probe));
        return async;
    }

    private static void sendEvent(HttpServletResponse response) throws IOException {
        response.getOutputStream().write(EVENT);
        response.flushBuffer();
    }

    private static void sendEventOrComplete(AsyncContext async) {
        try {
            sendEvent((HttpServletResponse) async.getResponse());
        } catch (IOException clientGone) {
            // as applications do that wait for the container to tell their listener
        }
    }

    /**
     * Writes on its own thread for as long as the client listens. Undertow tells a servlet of a
     * failed flush only when the buffer is full: the events are large.
     */
    private static void tick(CountDownLatch held, HttpServletResponse response)
            throws IOException, InterruptedException {
        type(response);
        OutputStream out = response.getOutputStream();
        byte[] event = ("data: " + "1".repeat(2_000) + "\n\n").getBytes(US_ASCII);
        do {
            out.write(event);
            out.flush();
        } while (!held.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
    }

    /** The same, without looking whether a write has failed. */
    private static void tickDeaf(
            CountDownLatch held, HttpServletRequest request, HttpServletResponse response)
            throws IOException, InterruptedException {
        type(response);
        PrintWriter out = response.getWriter();
        String most = request.getParameter("ticks");
        int left = most == null ? Integer.MAX_VALUE : Integer.parseInt(most);
        do {
            out.print("data: 1\n\n");
            out.flush();
            left--;
        } while (left > 0 && !held.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
    }
}
