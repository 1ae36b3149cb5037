package dev.treadle.tomcat;

import dev.treadle.settings.WorkerSettings;

import org.apache.catalina.connector.Connector;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.http2.Http2Protocol;

import java.util.Map;
import java.util.WeakHashMap;

/**
 * Configures HTTP/2 so that all its streams come to the gate with no other queue before it, and no
 * client opens more streams than there is room for. A connection takes these values over when it
 * opens.
 */
final class Http2Setup {
    /** Tomcat's defaults (Http2Protocol, 10.1 and 11): left so, the number is ours to choose. */
    private static final int DEFAULT_STREAMS = 100;

    private static final int DEFAULT_EXECUTION = 20;

    private static final int MOST_STREAMS = 1_000;

    /** The user's own values, saved before this class changed them. */
    private record Users(long streams, int execution) {}

    private final Map<Http2Protocol, Users> users = new WeakHashMap<>();

    /** Sets up the HTTP/2 protocols of a connector, for the connections that open from now on. */
    synchronized void apply(Connector connector, WorkerSettings settings) {
        for (UpgradeProtocol upgrade : connector.findUpgradeProtocols()) {
            if (upgrade instanceof Http2Protocol http2) {
                apply(http2, settings);
            }
        }
    }

    private void apply(Http2Protocol http2, WorkerSettings settings) {
        Users set =
                users.computeIfAbsent(
                        http2,
                        fresh ->
                                new Users(
                                        fresh.getMaxConcurrentStreams(),
                                        fresh.getMaxConcurrentStreamExecution()));
        long most = set.streams() == DEFAULT_STREAMS ? MOST_STREAMS : set.streams();
        long room = settings.requestsAtOnce();
        long windows = Integer.MAX_VALUE / Math.max(1, http2.getInitialWindowSize());
        long streams = Math.max(1, Math.min(Math.min(most, room), windows));
        http2.setMaxConcurrentStreams(streams);
        // not less than the streams: Tomcat would queue the rest, and the gate would not count them
        http2.setMaxConcurrentStreamExecution(
                set.execution() == DEFAULT_EXECUTION ? Integer.MAX_VALUE : set.execution());
    }
}
