package dev.treadle.launcher.sleeper;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Stands for a handler that waits for a slow third party: it sleeps and answers {@code done}. Plain
 * blocking code.
 */
public final class SleepServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final byte[] ANSWER = "done\n".getBytes(StandardCharsets.US_ASCII);

    private final Duration sleep;

    /**
     * @param sleep how long each request takes
     */
    public SleepServlet(Duration sleep) {
        this.sleep = sleep;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        try {
            Thread.sleep(sleep);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while asleep");
        }
        response.setContentType("text/plain");
        response.setContentLength(ANSWER.length);
        response.getOutputStream().write(ANSWER);
    }
}
