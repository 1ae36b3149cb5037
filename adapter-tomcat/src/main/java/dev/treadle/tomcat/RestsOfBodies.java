package dev.treadle.tomcat;

import dev.treadle.settings.WorkerModel;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;

import org.apache.coyote.ProtocolHandler;
import org.jspecify.annotations.Nullable;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The rests of bodies whose requests have a complete answer, on the connections of HTTP/1.1 of one
 * connector. They hold no place any more. But Tomcat reads such a rest on the thread of its request
 * and drops it, up to {@code maxSwallowSize}, so that the connection can be used again
 * (Http11Processor.endRequest, 10.1.55 and 11.0.25). So a client that sends slowly holds a thread
 * that the gate does not count. This class bounds that:
 *
 * <ul>
 *   <li>After {@value #LONGEST_SECONDS} s the connection is ended. Not at once: a client whose
 *       connection is reset may lose the answer.
 *   <li>With the model {@code threads}, at most max({@value #LEAST_AT_ONCE}, N / 2) threads read so
 *       at a time: half of those that the pool has for work that the gate does not count. One more
 *       connection is ended at once.
 * </ul>
 *
 * <p>Thread-safe.
 */
final class RestsOfBodies {
    static final int LONGEST_SECONDS = 5;
    static final int LEAST_AT_ONCE = 32;

    private final ServerWorkers workers;
    private final ProtocolHandler protocol;
    private final AtomicInteger reading = new AtomicInteger();

    RestsOfBodies(ServerWorkers workers, ProtocolHandler protocol) {
        this.workers = workers;
        this.protocol = protocol;
    }

    /**
     * A response is complete, and Tomcat is about to read the rest of the body on the current
     * thread.
     */
    void add(Exchange exchange) {
        Rest rest = new Rest(exchange);
        if (reading.incrementAndGet() <= mostAtOnce()) {
            try {
                rest.begin();
                return;
            } catch (RejectedExecutionException stopping) {
                // the server stops
            }
        }
        reading.decrementAndGet();
        exchange.dropRest();
    }

    private int mostAtOnce() {
        WorkerSettings settings = workers.settings();
        return settings.model() == WorkerModel.THREADS
                ? Math.max(LEAST_AT_ONCE, settings.limit() / 2)
                : Integer.MAX_VALUE;
    }

    /** One of them. */
    final class Rest {
        private final Exchange exchange;
        private @Nullable Future<?> timer; // under the lock of the exchange

        private Rest(Exchange exchange) {
            this.exchange = exchange;
        }

        private void begin() {
            exchange.readsRest(
                    this,
                    () ->
                            timer =
                                    protocol.getUtilityExecutor()
                                            .schedule(
                                                    () -> exchange.cutRest(this),
                                                    LONGEST_SECONDS,
                                                    TimeUnit.SECONDS));
        }

        /** No thread reads it any longer. The exchange calls this once, under its lock. */
        void ended() {
            reading.decrementAndGet();
            if (timer != null) {
                timer.cancel(false);
            }
        }
    }
}
