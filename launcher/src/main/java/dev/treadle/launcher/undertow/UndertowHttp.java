package dev.treadle.launcher.undertow;

import dev.treadle.launcher.host.BodyLimit;
import dev.treadle.launcher.host.HttpOptions;
import dev.treadle.launcher.host.Proxies;
import dev.treadle.launcher.host.RequestSink;
import dev.treadle.launcher.host.StaticFiles;
import dev.treadle.undertow.UndertowGate;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.PathHandler;
import io.undertow.server.handlers.resource.PathResourceManager;
import io.undertow.server.handlers.resource.ResourceHandler;
import io.undertow.server.handlers.resource.ResourceManager;

import org.xnio.Options;

import java.util.List;

/** Sets Undertow up as the options about HTTP say. */
final class UndertowHttp {
    private UndertowHttp() {}

    /** Sets the server up. */
    static void prepare(Undertow.Builder builder, HttpOptions http) {
        if (http.maxConnections() > 0) {
            builder.setSocketOption(Options.CONNECTION_HIGH_WATER, http.maxConnections());
            builder.setSocketOption(Options.CONNECTION_LOW_WATER, http.maxConnections());
        }
        BodyLimit limit = http.maxBody();
        if (limit != null) {
            builder.setServerOption(UndertowOptions.MAX_ENTITY_SIZE, -1L); // ours in its place
        }
    }

    private static HttpHandler withFiles(HttpHandler root, List<StaticFiles> files) {
        if (files.isEmpty()) {
            return root;
        }
        PathHandler paths = new PathHandler(root);
        for (StaticFiles each : files) {
            ResourceManager resources =
                    PathResourceManager.builder()
                            .setBase(each.directory())
                            .setFollowLinks(false)
                            .build();
            paths.addPrefixPath(
                    each.path(),
                    new ResourceHandler(resources)
                            .setDirectoryListingEnabled(false)
                            .setWelcomeFiles(StaticFiles.INDEX));
        }
        return paths;
    }

    /** Puts the gate in front of a handler, and other handlers in front of both. */
    static HttpHandler around(UndertowGate gate, HttpHandler root, HttpOptions http) {
        HttpHandler inside = withFiles(root, http.files());
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
