package dev.treadle.it.standalone.app;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * Says on which thread a request is inside, and keeps it there until a file comes into being. A
 * request that would let the others go could wait for a place itself.
 */
public final class HoldServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final long LOOK_MILLIS = 10;

    private final transient CountDownLatch released = new CountDownLatch(1);
    private transient volatile boolean destroyed;

    /** Made by the container. */
    public HoldServlet() {}

    @Override
    public void init() throws ServletException {
        Path file = Path.of(getServletContext().getRealPath("/"), "release");
        Thread.ofPlatform().daemon().name("hold-release").start(() -> awaitFile(file));
    }

    private void awaitFile(Path file) {
        try {
            while (!destroyed && !Files.exists(file)) {
                Thread.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        released.countDown();
    }

    @Override
    public void destroy() {
        destroyed = true;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Thread thread = Thread.currentThread();
        PrintWriter out = response.getWriter();
        out.println("inside: virtual=" + thread.isVirtual() + " " + thread.getName());
        out.flush();
        try {
            released.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
        out.println("done");
    }
}
