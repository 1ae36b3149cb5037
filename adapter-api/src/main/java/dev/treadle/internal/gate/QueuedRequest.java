package dev.treadle.internal.gate;

import dev.treadle.gate.ClientSocket;
import dev.treadle.internal.jfr.FlightEvents;
import dev.treadle.stats.RefusalReason;

import org.jspecify.annotations.Nullable;

import java.util.Locale;

/**
 * A request that did not get in at once, for reports: the same object in the queue of a limit, in
 * that of the gate, and once inside. A request that gets in at once has none.
 */
final class QueuedRequest {
    private final String method;
    private final String path;
    private final ClientSocket client;
    private long sinceNanos; // written under the lock of the first limiter that it waits at
    private boolean joined; // the same
    private FlightEvents.@Nullable GateWait wait; // the same; null: not recorded
    private long id; // guarded by the RequestList

    QueuedRequest(String method, String path, ClientSocket client) {
        this.method = method;
        this.path = path;
        this.client = client;
    }

    String method() {
        return method;
    }

    String path() {
        return path;
    }

    ClientSocket client() {
        return client;
    }

    /** It is in a queue. Only the first queue counts. */
    void joins(long nanoTime) {
        if (!joined) {
            joined = true;
            sinceNanos = nanoTime;
            wait = FlightEvents.beginGateWait();
        }
    }

    /** It is inside. Of this and the next two one is called, by the thread that sees its end. */
    void admitted() {
        ends("admitted");
    }

    /** It is not let in; also if it was in no queue. */
    void refused(RefusalReason reason) {
        if (wait != null) {
            ends(reason.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        }
    }

    /** Its thread does not wait any more. */
    void interrupted() {
        ends("interrupted");
    }

    private void ends(String outcome) {
        FlightEvents.GateWait recorded = wait;
        if (recorded != null) {
            wait = null;
            recorded.ended(method, path, outcome);
        }
    }

    /** Returns when it joined its first queue. To be called after a look at that queue. */
    long sinceNanos() {
        return sinceNanos;
    }

    /** Returns how long it was in queues until {@code nanoTime}; 0 if it was in none. */
    long nanosUntil(long nanoTime) {
        return joined ? Math.max(1, nanoTime - sinceNanos) : 0;
    }

    long id() {
        return id;
    }

    void id(long number) {
        id = number;
    }
}
