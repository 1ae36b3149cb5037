package dev.treadle.tck;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;

/** Requests that wait for their client, or in a listener. */
final class WaitingServlets {
    /** How long {@code /body/slow} takes after it has its body. */
    private static final long A_LITTLE_MILLIS = 20;

    private static final long FOR_EVER = 0;

    private WaitingServlets() {}

    static void register(TckApplication application, ServletContext context) {
        Probe probe = application.probe();
        application.add(
                context,
                "/body/slow",
                (request, response) -> {
                    long read = application.readBody(request);
                    Thread.sleep(A_LITTLE_MILLIS);
                    TckServlet.text(response, "read " + read);
                });
        application.add(
                context,
                "/body/form",
                (request, response) -> TckServlet.text(response, request.getParameter("name")));
        application
                .add(
                        context,
                        "/body/parts",
                        (request, response) ->
                                TckServlet.text(response, "parts " + request.getParts().size()))
                .setMultipartConfig(new MultipartConfigElement(""));
        application.add(
                context,
                "/hold-on-carrier",
                (request, response) -> {
                    String carrier = ChildServlets.carrier();
                    probe.holdInside("on a carrier");
                    TckServlet.text(response, carrier);
                });
        application.add(
                context,
                "/async/idle",
                (request, response) -> {
                    AsyncContext async = request.startAsync();
                    async.setTimeout(FOR_EVER);
                    async.addListener(new Recorder(probe));
                    probe.note("idle");
                });
        application.add(
                context,
                "/stuck/begun-without-length",
                (request, response) -> {
                    response.setContentType("text/plain");
                    response.getOutputStream().write(new byte[10]);
                    response.flushBuffer();
                    probe.held().await();
                });
        application.add(
                context,
                "/stuck/begun-reads",
                (request, response) -> {
                    response.setContentType("text/plain");
                    response.getOutputStream().write(new byte[10]);
                    response.flushBuffer();
                    readAsIfNothingCouldFail(request);
                });
        application.add(
                context,
                "/stuck/begun-throws",
                (request, response) -> {
                    response.setContentType("text/plain");
                    response.getOutputStream().write(new byte[10]);
                    response.flushBuffer();
                    request.getInputStream().readAllBytes();
                });
        application.add(
                context,
                "/stuck/begun-flushes",
                (request, response) -> {
                    response.setContentType("text/plain");
                    response.getOutputStream().write(new byte[10]);
                    response.flushBuffer();
                    readAsIfNothingCouldFail(request);
                    response.flushBuffer();
                });
        application.add(
                context,
                "/stuck/on-timeout",
                (request, response) -> {
                    AsyncContext async = request.startAsync();
                    async.setTimeout(20);
                    async.addListener(new BlocksOnTimeout(probe));
                });
        application.add(
                context,
                "/stuck/async-start",
                (request, response) -> {
                    AsyncContext async = request.startAsync();
                    async.setTimeout(FOR_EVER);
                    async.start(() -> probe.blockIn("start"));
                });
        application.add(context, "/stuck/read-listener", WaitingServlets.readListener(probe));
    }

    private static TckServlet.Action readListener(Probe probe) {
        return (HttpServletRequest request, HttpServletResponse response) -> {
            request.startAsync().setTimeout(FOR_EVER);
            ServletInputStream in = request.getInputStream();
            in.setReadListener(new BlocksOnData(probe, in));
        };
    }

    /** Notes the events that it gets. */
    static class Recorder implements AsyncListener {
        final Probe probe;

        Recorder(Probe probe) {
            this.probe = probe;
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            probe.note("timeout");
        }

        @Override
        public void onError(AsyncEvent event) {
            probe.note("error");
        }

        @Override
        public void onComplete(AsyncEvent event) {
            probe.note("complete");
        }

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }

    private static final class BlocksOnTimeout extends Recorder {
        BlocksOnTimeout(Probe probe) {
            super(probe);
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            probe.blockIn("timeout");
        }
    }

    private static void readAsIfNothingCouldFail(HttpServletRequest request) {
        try {
            request.getInputStream().readAllBytes();
        } catch (IOException ignored) {
            // an application that takes what has come for the whole
        }
    }

    private static final class BlocksOnData implements ReadListener {
        private final Probe probe;
        private final ServletInputStream in;

        BlocksOnData(Probe probe, ServletInputStream in) {
            this.probe = probe;
            this.in = in;
        }

        @Override
        public void onDataAvailable() throws IOException {
            if (in.isReady() && in.read() >= 0) {
                probe.blockIn("data");
            }
        }

        @Override
        public void onAllDataRead() {
            probe.note("all data");
        }

        @Override
        public void onError(Throwable failure) {
            probe.note("error");
        }
    }
}
