package dev.treadle.it.standalone.app;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;

/** Takes a second. */
public final class SleepServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** Made by the container. */
    public SleepServlet() {}

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        try {
            Thread.sleep(Duration.ofSeconds(1));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
        response.getWriter().println("slept");
    }
}
