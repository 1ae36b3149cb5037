package dev.treadle.jetty;

import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;

import org.eclipse.jetty.http2.BufferingFlowControlStrategy;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.SessionContainer;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * HTTP/2 where its classes are there.
 *
 * <p><b>Bodies of streams in the queue never block those inside.</b> A request in the queue reads
 * nothing, so it may hold a whole stream window of its body, and all of them together the window of
 * the connection. That one is therefore made large enough for all streams that may be open at once.
 * BufferingFlowControlStrategy, Jetty's default, gives it back only when a part of it is consumed,
 * half of it if the user says nothing, so it is as much larger: twice the windows of the streams. A
 * window takes no memory by itself: it is a number.
 *
 * <p><b>The streams that may be open at once are as many as the gate takes</b>, inside and in the
 * queue, and at most {@link #MOST_STREAMS}: further ones would only be refused. A client that would
 * open more waits, opens another connection, or fails (that of the JDK: "too many concurrent
 * streams").
 *
 * <p>A lower limit of streams that the user has set is kept; so is a larger window. A window of the
 * connection below Jetty's default is the user's too: then bodies in the queue can block those
 * inside.
 */
final class Http2Sessions implements Http2 {
    /** More than this gains nothing, and each stream costs memory before the gate sees it. */
    private static final int MOST_STREAMS = 1_000;

    /** The window of a connection is a signed number of 31 bits (RFC 9113, 6.9.1). */
    private static final long GREATEST_WINDOW = Integer.MAX_VALUE;

    /** Of a strategy of the user's: half of a window may be consumed and not given back yet. */
    private static final double WINDOWS_EACH_STREAM = 2;

    /** A strategy that gives nothing back before all is consumed would need an endless window. */
    private static final double LEAST_GIVEN_BACK = 0.1;

    /** The numbers of a factory: those found, and those put in their place. */
    private record Tuned(int userStreams, int userWindow, int streams, int window) {}

    private final Server server;
    private final ServerWorkers workers;
    private final int defaultStreams;
    private final int defaultWindow;
    private final @Nullable ClientEvents events;
    private final LifeCycle.Listener starts = new Starts();

    // guarded by this; a factory that is no longer used is forgotten
    private final Map<AbstractHTTP2ServerConnectionFactory, Tuned> tuned = new WeakHashMap<>();

    Http2Sessions(Server server, ServerWorkers workers) {
        this.server = server;
        this.workers = workers;
        AbstractHTTP2ServerConnectionFactory untouched =
                new HTTP2ServerConnectionFactory(new HttpConfiguration());
        this.defaultStreams = untouched.getMaxConcurrentStreams();
        this.defaultWindow = untouched.getInitialSessionRecvWindow();
        this.events = clientEvents();
    }

    private @Nullable ClientEvents clientEvents() {
        try {
            return ClientEvents.probed();
        } catch (ReflectiveOperationException | RuntimeException | LinkageError none) {
            workers.noteAtStart(
                    "HTTP/2: refused uploads count in Jetty's limit of resets: " + none);
            return null;
        }
    }

    @Override
    public void factoryAdded(ConnectionFactory factory) {
        if (factory instanceof AbstractHTTP2ServerConnectionFactory http2) {
            http2.addEventListener(starts);
            if (http2.isRunning()) {
                tune(http2);
            }
        }
    }

    /** A factory that starts is configured, and no connection is open yet. */
    private final class Starts implements LifeCycle.Listener {
        @Override
        public void lifeCycleStarting(LifeCycle event) {
            if (event instanceof AbstractHTTP2ServerConnectionFactory http2) {
                tune(http2);
            }
        }
    }

    @Override
    public synchronized void takeOut() {
        factories().forEach(this::takeOut);
    }

    private void takeOut(AbstractHTTP2ServerConnectionFactory factory) {
        factory.removeEventListener(starts);
        Tuned last = tuned.remove(factory);
        if (last != null && factory.getMaxConcurrentStreams() == last.streams) {
            factory.setMaxConcurrentStreams(last.userStreams);
        }
        if (last != null && factory.getInitialSessionRecvWindow() == last.window) {
            factory.setInitialSessionRecvWindow(last.userWindow);
        }
        if (events != null) {
            events.takeOut(factory);
        }
    }

    @Override
    public void tune() {
        factories().forEach(this::tune);
    }

    private synchronized void tune(AbstractHTTP2ServerConnectionFactory factory) {
        Tuned last = tuned.get(factory);
        int streams = factory.getMaxConcurrentStreams();
        int window = factory.getInitialSessionRecvWindow();
        if (last != null) {
            // what is not as it was left is the user's
            streams = streams == last.streams ? last.userStreams : streams;
            window = window == last.window ? last.userWindow : window;
        }
        long each =
                (long)
                        Math.ceil(
                                windowsEachStream(factory)
                                        * Math.max(1, factory.getInitialStreamRecvWindow()));
        int allowed = Math.clamp(GREATEST_WINDOW / each, 1, streams(streams));
        int needed = (int) Math.min(GREATEST_WINDOW, allowed * each);
        int given = window < defaultWindow ? window : Math.max(window, needed);
        tuned.put(factory, new Tuned(streams, window, allowed, given));
        factory.setMaxConcurrentStreams(allowed);
        factory.setInitialSessionRecvWindow(given);
        if (events != null) {
            events.countIn(factory);
        }
    }

    private static double windowsEachStream(AbstractHTTP2ServerConnectionFactory factory) {
        return factory.getFlowControlStrategyFactory().newFlowControlStrategy()
                        instanceof BufferingFlowControlStrategy buffering
                ? 1 / Math.max(LEAST_GIVEN_BACK, 1 - buffering.getBufferRatio())
                : WINDOWS_EACH_STREAM;
    }

    /**
     * @param set the number in the factory; Jetty's default counts as none
     */
    private int streams(int set) {
        WorkerSettings settings = workers.settings();
        int wanted = Math.clamp(settings.requestsAtOnce(), 1, MOST_STREAMS);
        return set == defaultStreams ? wanted : Math.min(wanted, Math.max(1, set));
    }

    private List<AbstractHTTP2ServerConnectionFactory> factories() {
        List<AbstractHTTP2ServerConnectionFactory> found = new ArrayList<>();
        for (Connector connector : server.getConnectors()) {
            for (ConnectionFactory each : connector.getConnectionFactories()) {
                if (each instanceof AbstractHTTP2ServerConnectionFactory http2) {
                    found.add(http2);
                }
            }
        }
        return found;
    }

    /**
     * Jetty sends GOAWAY twice: now, with the greatest stream id, and again when the last stream
     * has ended; then it closes the connection. A second call does nothing to a session that was
     * told. Not SessionContainer.shutdown, which stays so for the next start too.
     */
    @Override
    public void goAway() {
        for (AbstractHTTP2ServerConnectionFactory factory : factories()) {
            for (SessionContainer container : factory.getBeans(SessionContainer.class)) {
                container.getSessions().forEach(Http2Sessions::goAway);
            }
        }
    }

    @Override
    public void goAway(Request request) {
        if (request.getConnectionMetaData().getConnection() instanceof HTTP2Connection connection) {
            goAway(connection.getSession());
        }
    }

    /** No thread waits for its end: the connector ends the remaining sessions. */
    private static void goAway(Session session) {
        var unused = session.shutdown();
    }

    @Override
    public void arrived(Request request) {
        if (events != null
                && request.getConnectionMetaData().getConnection() instanceof HTTP2Connection) {
            int id = Integer.parseInt(request.getId());
            request.addHttpStreamWrapper(stream -> new ClientEvents.Ending(stream, id));
        }
    }

    @Override
    public boolean isGone(Request request) {
        return request.getConnectionMetaData().getConnection() instanceof HTTP2Connection connection
                && connection.getSession().getStream(Integer.parseInt(request.getId())) == null;
    }
}
