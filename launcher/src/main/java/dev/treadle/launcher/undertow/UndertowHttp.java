package dev.treadle.launcher.undertow;

import dev.treadle.launcher.host.BodyLimit;
import dev.treadle.launcher.host.HttpOptions;
import dev.treadle.launcher.host.Proxies;
import dev.treadle.launcher.host.RequestSink;
import dev.treadle.undertow.UndertowGate;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;

/** Sets Undertow up as the options about HTTP say. */
final class UndertowHttp {
    private UndertowHttp() {}

    /** Sets the server up. */
    static void prepare(Undertow.Builder builder, HttpOptions http) {
        BodyLimit limit = http.maxBody();
        if (limit != null) {
            builder.setServerOption(UndertowOptions.MAX_ENTITY_SIZE, -1L); // ours in its place
        }
    }

    /** Puts the gate in front of a handler, and other handlers in front of both. */
    static HttpHandler around(UndertowGate gate, HttpHandler root, HttpOptions http) {
        HttpHandler inside = root;
        BodyLimit limit = http.maxBody();
        if (limit != null && limit.limits()) {
            inside = new BodyLimitHandler(inside, limit);
        }
        RequestSink sink = http.sink();
        HttpHandler outside =
                sink == null
                        ? gate.wrap(inside)
                        : new RequestLogHandler(
                                gate.wrap(RequestLogHandler.admitting(inside)), sink);
        Proxies proxies = http.proxies();
        return proxies == null ? outside : new ForwardedHandler(outside, proxies);
    }
}
