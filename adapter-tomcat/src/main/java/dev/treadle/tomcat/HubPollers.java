package dev.treadle.tomcat;

import dev.treadle.loop.HubLoops;

import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.NioEndpoint.Poller;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The pollers of one NIO endpoint that carry the hubs of the workers, one each. They take the place
 * of the poller that Tomcat has made, which keeps the few connections that came before, and ends
 * together with these.
 */
final class HubPollers {
    /**
     * How long the end of all may take. They end at once, but for one whose thread runs a request
     * that has ignored the interrupt of a drain.
     */
    private static final Duration LONGEST_END = Duration.ofMillis(200);

    private final PollerInternals internals;
    private final Poller tomcats;
    private final List<HubPoller> pollers = new ArrayList<>();
    private int next; // of the acceptor

    private HubPollers(NioEndpoint endpoint, PollerInternals internals) {
        this.internals = internals;
        this.tomcats = internals.poller(endpoint);
    }

    /** Starts them in an endpoint that is started. */
    static void start(NioEndpoint endpoint, PollerInternals internals, HubLoops loops)
            throws IOException {
        HubPollers all = new HubPollers(endpoint, internals);
        boolean complete = false;
        try {
            for (int i = 0; i < loops.count(); i++) {
                all.pollers.add(new HubPoller(endpoint, all, internals, loops, i));
            }
            complete = true;
        } finally {
            if (!complete) {
                for (HubPoller made : all.pollers) {
                    made.abandon();
                }
            }
        }
        all.pollers.forEach(HubPoller::start);
        internals.poller(endpoint, all.pollers.getFirst());
    }

    /**
     * Chooses the poller for a new connection: the one with the fewest, in turn where there are
     * several. Called by the acceptor, one at a time.
     */
    HubPoller emptiestFor(NioSocketWrapper connection) {
        next = (next + 1) % pollers.size();
        HubPoller best = pollers.get(next);
        for (HubPoller other : pollers) {
            if (other.load() < best.load()) {
                best = other;
            }
        }
        internals.poller(connection, best);
        return best;
    }

    int connections() {
        int sum = tomcats.getKeyCount();
        for (HubPoller poller : pollers) {
            sum += poller.connections();
        }
        return sum;
    }

    /**
     * Ends all pollers: Tomcat's own last, because its end is what the endpoint waits for before it
     * takes apart what the others use too.
     */
    void destroy() {
        pollers.forEach(HubPoller::close);
        long end = System.nanoTime() + LONGEST_END.toNanos();
        try {
            for (HubPoller poller : pollers) {
                // at least a look: 0 would mean for ever
                poller.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            internals.destroy(tomcats);
        }
    }
}
