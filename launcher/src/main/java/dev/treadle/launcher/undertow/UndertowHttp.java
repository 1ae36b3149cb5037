package dev.treadle.launcher.undertow;

import dev.treadle.launcher.host.HttpOptions;
import dev.treadle.launcher.host.RequestSink;
import dev.treadle.undertow.UndertowGate;

import io.undertow.server.HttpHandler;

/** Sets Undertow up as the options about HTTP say. */
final class UndertowHttp {
    private UndertowHttp() {}

    /** Puts the gate in front of a handler, and other handlers in front of both. */
    static HttpHandler around(UndertowGate gate, HttpHandler root, HttpOptions http) {
        RequestSink sink = http.sink();
        return sink == null
                ? gate.wrap(root)
                : new RequestLogHandler(gate.wrap(RequestLogHandler.admitting(root)), sink);
    }
}
