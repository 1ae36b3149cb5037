package dev.treadle.launcher.jetty;

import dev.treadle.launcher.host.HttpOptions;
import dev.treadle.launcher.host.RequestSink;

import org.eclipse.jetty.server.Server;

/** Sets Jetty up as the options about HTTP say. */
final class JettyHttp {
    private JettyHttp() {}

    /** Puts handlers in front of that of the server, before workers are installed there. */
    static void apply(Server server, HttpOptions http) {
        RequestSink sink = http.sink();
        if (sink != null) {
            RequestLogHandler.putInto(server, sink);
        }
    }
}
