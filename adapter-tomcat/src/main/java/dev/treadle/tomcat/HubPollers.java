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
 *
 * <p><b>How a connection gets its poller</b>: the acceptor makes the connection, which takes the
 * endpoint's poller of that moment for its life, and then calls {@code register} on the endpoint's
 * poller (NioEndpoint.setSocketOptions, 10.1.55 and 11.0.25). Each registration puts the poller
 * into the endpoint that the next connection shall have. There is one acceptor, so only its thread
 * writes that field while the endpoint runs; the compare-and-set keeps a late acceptor from putting
 * a poller back after the stop has taken it out. A connection is registered with the poller it has
 * taken, whichever that is.
 */
final class HubPollers {
    /**
     * How long the end of all may take. They end at once, but for one whose thread runs a request
     * that has ignored the interrupt of a drain.
     */
    private static final Duration LONGEST_END = Duration.ofMillis(200);

    private final NioEndpoint endpoint;
    private final PollerInternals internals;
    private final Poller tomcats;
    private final List<HubPoller> pollers = new ArrayList<>();
    private int next; // of the acceptor

    private HubPollers(NioEndpoint endpoint, PollerInternals internals, Poller tomcats) {
        this.endpoint = endpoint;
        this.internals = internals;
        this.tomcats = tomcats;
    }

    /** Starts them in an endpoint that is started. */
    static void start(NioEndpoint endpoint, PollerInternals internals, HubLoops loops)
            throws IOException {
        Poller tomcats = internals.poller(endpoint);
        if (tomcats == null) {
            throw new IllegalStateException("endpoint " + endpoint.getName() + " has no poller");
        }
        HubPollers all = new HubPollers(endpoint, internals, tomcats);
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
        if (!internals.replace(endpoint, tomcats, all.pollers.getFirst())) {
            throw new IllegalStateException(
                    "endpoint " + endpoint.getName() + " has changed its poller while it started");
        }
    }

    /**
     * Registers a new connection, and chooses the poller of the next one. Called by the acceptor,
     * one at a time.
     *
     * @param asked the poller that the endpoint has
     */
    void register(NioSocketWrapper connection, HubPoller asked) {
        if (connection.getPoller() instanceof HubPoller its) {
            its.registerHere(connection);
        } else {
            connection.getPoller().register(connection); // made just before ours took the place
        }
        internals.replace(endpoint, asked, emptiest());
    }

    /** Returns the one with the fewest connections, in turn where there are several. */
    private HubPoller emptiest() {
        next = (next + 1) % pollers.size();
        HubPoller best = pollers.get(next);
        for (HubPoller other : pollers) {
            if (other.load() < best.load()) {
                best = other;
            }
        }
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
     * Ends all pollers: Tomcat's own last, because the endpoint waits for its end before it closes
     * resources which the others use too.
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
