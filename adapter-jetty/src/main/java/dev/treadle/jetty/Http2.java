package dev.treadle.jetty;

import dev.treadle.spi.ServerWorkers;

import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;

/**
 * Jetty's HTTP/2 under the gate. Its classes may be absent from a server, so they are named in
 * {@link Http2Sessions} alone, which is loaded only where they are there.
 */
interface Http2 {
    /** For a server without HTTP/2. */
    Http2 NONE = new Http2() {};

    /** The class by which HTTP/2 is known to be there. */
    String FACTORY = "org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory";

    /** Returns what serves this server. */
    static Http2 of(Server server, ServerWorkers workers) {
        try {
            Class.forName(FACTORY, false, Http2.class.getClassLoader());
        } catch (ClassNotFoundException absent) {
            return NONE;
        }
        return new Http2Sessions(server, workers);
    }

    /** A connector of the server has, or gets, a connection factory; it may be configured later. */
    default void factoryAdded(ConnectionFactory factory) {}

    /** Gives all connection factories the numbers of the gate, for connections opened from now. */
    default void tune() {}

    /** Leaves the connection factories of a server that has stopped as they were found. */
    default void takeOut() {}

    /** A request has come; called before anything else is done with it. */
    default void arrived(Request request) {}

    /** Tells the clients of all open connections to open no more streams on them. */
    default void goAway() {}

    /** Tells the client of this request so, if it came over HTTP/2. */
    default void goAway(Request request) {}

    /** Whether the request came on a stream that is closed or reset. */
    default boolean isGone(Request request) {
        return false;
    }
}
