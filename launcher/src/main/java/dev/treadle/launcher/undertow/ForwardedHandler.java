package dev.treadle.launcher.undertow;

import dev.treadle.launcher.host.Proxies;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** Sets the client of a request, and the address it has called, as trusted proxies tell them. */
final class ForwardedHandler implements HttpHandler {
    private final HttpHandler next;
    private final Proxies proxies;

    ForwardedHandler(HttpHandler next, Proxies proxies) {
        this.next = next;
        this.proxies = proxies;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        Proxies.Origin origin = proxies.origin(peer(exchange), name -> values(exchange, name));
        if (origin != null) {
            apply(origin, exchange);
        }
        next.handleRequest(exchange);
    }

    private static @Nullable InetAddress peer(HttpServerExchange exchange) {
        return exchange.getConnection().getPeerAddress() instanceof InetSocketAddress socket
                ? socket.getAddress()
                : null;
    }

    private static List<String> values(HttpServerExchange exchange, String name) {
        HeaderValues values = exchange.getRequestHeaders().get(name);
        return values == null ? List.of() : List.copyOf(values);
    }

    /** Undertow takes name and port of the server from the header {@code Host}. */
    private static void apply(Proxies.Origin origin, HttpServerExchange exchange) {
        exchange.setSourceAddress(new InetSocketAddress(origin.client(), 0));
        Proxies.Called present =
                new Proxies.Called(
                        exchange.getRequestScheme(),
                        exchange.getHostName(),
                        Proxies.Called.portOf(exchange.getRequestHeaders().getFirst(Headers.HOST)));
        Proxies.Called called = origin.called(present);
        if (!called.equals(present)) {
            exchange.setRequestScheme(called.scheme());
            exchange.getRequestHeaders().put(Headers.HOST, called.authority());
        }
    }
}
