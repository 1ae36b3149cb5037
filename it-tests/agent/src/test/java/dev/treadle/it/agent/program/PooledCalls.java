package dev.treadle.it.agent.program;

import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A pool of twenty that an application has in front of a third party. */
final class PooledCalls {
    private static final int BOUND = 20;

    private static final ExecutorService POOL = Executors.newFixedThreadPool(BOUND);

    private static final AtomicInteger INSIDE = new AtomicInteger();
    private static final AtomicInteger MOST = new AtomicInteger();

    private PooledCalls() {}

    /** Asks the third party, from a thread of the pool. */
    static void answer(String address, HttpServletResponse response) throws IOException {
        try {
            response.getWriter().println(POOL.submit(() -> call(URI.create(address))).get());
        } catch (ExecutionException failed) {
            throw new IOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }

    private static String call(URI address) throws IOException {
        MOST.accumulateAndGet(INSIDE.incrementAndGet(), Math::max);
        try (InputStream body = address.toURL().openStream()) {
            String paid = new String(body.readAllBytes(), StandardCharsets.UTF_8);
            return paid
                    + " by "
                    + Thread.currentThread()
                    + ", at most "
                    + MOST
                    + " at once, platform threads of the pool: "
                    + platformThreads();
        } finally {
            INSIDE.decrementAndGet();
        }
    }

    private static long platformThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("pool-"))
                .count();
    }
}
