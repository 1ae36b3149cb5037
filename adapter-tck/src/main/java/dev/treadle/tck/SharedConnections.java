package dev.treadle.tck;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The connections of HTTP/2 that requests of a run share: a further one where the server allows no
 * further stream, or has said that it takes no more. Thread-safe.
 */
final class SharedConnections {
    private final TckRun run;
    private final List<Http2Connection> connections = new ArrayList<>();

    SharedConnections(TckRun run) {
        this.run = run;
    }

    /** Sends a GET on the first connection that has a stream free. */
    synchronized Client get(String path) throws IOException {
        for (Http2Connection connection : connections) {
            Optional<Http2Stream> stream = connection.tryOpen(path);
            if (stream.isPresent()) {
                return new Http2Client(connection, stream.get());
            }
        }
        Http2Connection connection = open();
        return new Http2Client(connection, connection.get(path));
    }

    /** Returns a client on the first connection that takes requests, be they many or not. */
    synchronized Client client() throws IOException {
        for (Http2Connection connection : connections) {
            if (!connection.ended() && connection.goneAway().isEmpty()) {
                return new Http2Client(connection, false);
            }
        }
        return new Http2Client(open(), false);
    }

    private Http2Connection open() throws IOException {
        Http2Connection connection =
                Http2Connection.open(run.server().port(), run.protocol().isTls());
        connections.add(connection);
        return connection;
    }

    synchronized void close() throws IOException {
        for (Http2Connection connection : connections) {
            connection.close();
        }
    }
}
