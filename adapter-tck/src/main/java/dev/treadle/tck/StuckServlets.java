package dev.treadle.tck;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;

/** Requests that run for too long, each in another way. */
final class StuckServlets {
    private static final long FOR_EVER = 0;

    private StuckServlets() {}

    static void register(TckApplication application, ServletContext context) {
        Probe probe = application.probe();
        application.add(context, "/stuck/lock", (request, response) -> lock(probe));
        application.add(
                context,
                "/stuck/socket",
                (request, response) -> {
                    readFromASocket(probe);
                    TckServlet.text(response, "read");
                });
        application.add(
                context,
                "/stuck/ignores",
                (request, response) -> {
                    ignoreInterrupts(probe);
                    TckServlet.text(response, "ended by itself");
                });
        application.add(
                context, "/stuck/writes", (request, response) -> writeUntilInterrupted(response));
        application.add(
                context,
                "/stuck/marks",
                (request, response) ->
                        writeMarksUntilInterrupted(request.getParameter("mark"), response));
        application.add(
                context,
                "/stuck/begun",
                (request, response) -> {
                    begin(response);
                    probe.held().await();
                });
        application.add(
                context,
                "/stuck/async-listener",
                (request, response) -> {
                    AsyncContext async = request.startAsync();
                    async.setTimeout(60_000);
                    async.addListener(new Deaf());
                    completeLater(probe, async);
                });
        application.add(
                context,
                "/stuck/async-for-ever",
                (request, response) -> {
                    AsyncContext async = request.startAsync();
                    async.setTimeout(FOR_EVER);
                    completeLater(probe, async);
                });
        application.add(
                context,
                "/stuck/async-begun",
                (request, response) -> {
                    begin(response);
                    completeLater(probe, startedAsync(request));
                });
    }

    private static AsyncContext startedAsync(HttpServletRequest request) {
        AsyncContext async = request.startAsync();
        async.setTimeout(60_000);
        return async;
    }

    private static void begin(HttpServletResponse response) throws IOException {
        response.setContentType("text/plain");
        response.setContentLength(1_000);
        response.getOutputStream().write(new byte[10]);
        response.flushBuffer();
    }

    /** Writes one character again and again, in pieces that containers copy to their buffers. */
    private static void writeMarksUntilInterrupted(String mark, HttpServletResponse response)
            throws IOException, InterruptedException {
        byte[] marks = mark.repeat(4_000).getBytes(StandardCharsets.US_ASCII);
        response.setContentType("text/plain");
        while (!Thread.currentThread().isInterrupted()) {
            response.getOutputStream().write(marks);
            response.flushBuffer();
        }
        throw new InterruptedException();
    }

    /** Nearly always in the middle of a write. */
    private static void writeUntilInterrupted(HttpServletResponse response)
            throws IOException, InterruptedException {
        response.setContentType("text/plain");
        while (!Thread.currentThread().isInterrupted()) {
            response.getOutputStream().write(new byte[10]);
            response.flushBuffer();
        }
        throw new InterruptedException();
    }

    private static void completeLater(Probe probe, AsyncContext async) {
        AsyncServlets.elsewhere(
                probe.held(),
                () -> {
                    try {
                        AsyncServlets.complete(async, "far too late");
                    } catch (RuntimeException itIsOver) {
                        // the container tells the application so, each in its own way
                    }
                });
    }

    private static void lock(Probe probe) throws InterruptedException {
        ReentrantLock lock = new ReentrantLock();
        CountDownLatch taken = new CountDownLatch(1);
        Thread.ofPlatform()
                .daemon()
                .name("tck-elsewhere-lock")
                .start(() -> holdUntilLetGo(probe, lock, taken));
        taken.await();
        lock.lockInterruptibly();
        lock.unlock();
    }

    private static void holdUntilLetGo(Probe probe, ReentrantLock lock, CountDownLatch taken) {
        lock.lock();
        try {
            taken.countDown();
            probe.held().await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private static void readFromASocket(Probe probe) throws IOException, InterruptedException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket silent = server.accept()) {
            Socket peer = silent;
            AsyncServlets.elsewhere(
                    probe.held(),
                    () -> {
                        try {
                            peer.close();
                        } catch (IOException closed) {
                            // it is closed
                        }
                    });
            int end = client.getInputStream().read();
            if (end >= 0) {
                throw new IOException("a silent server spoke");
            }
        }
    }

    private static void ignoreInterrupts(Probe probe) {
        boolean letGo = false;
        while (!letGo) {
            try {
                probe.held().await();
                letGo = true;
            } catch (InterruptedException ignored) {
                // as applications do
            }
        }
    }

    /** A listener that does nothing about anything. */
    private static final class Deaf implements AsyncListener {
        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onComplete(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }
}
