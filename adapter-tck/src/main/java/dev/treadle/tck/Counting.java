package dev.treadle.tck;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;

/**
 * A plain static int that requests increment without a lock, between blocking points. Cooperation
 * makes this safe.
 */
final class Counting {
    static final int INCREMENTS = 1_000;

    private static final int YIELD_EVERY = 10;
    private static final int SLEEP_EVERY = 250;

    static int counter;

    private Counting() {}

    @SuppressWarnings("ThreadPriorityCheck") // the yield is the blocking point under test
    static void count(HttpServletRequest request, HttpServletResponse response)
            throws IOException, InterruptedException {
        String asked = request.getParameter("increments");
        int increments = asked == null ? INCREMENTS : Integer.parseInt(asked);
        for (int i = 1; i <= increments; i++) {
            counter = slowlyIncremented(counter);
            if (i % SLEEP_EVERY == 0) {
                Thread.sleep(1);
            } else if (i % YIELD_EVERY == 0) {
                Thread.yield();
            }
        }
        TckServlet.text(response, "counted");
    }

    /**
     * Widens the gap between read and write, in which a preempted thread would lose another's
     * update.
     */
    static int slowlyIncremented(int read) {
        for (int spin = 0; spin < 20; spin++) {
            Thread.onSpinWait();
        }
        return read + 1;
    }
}
