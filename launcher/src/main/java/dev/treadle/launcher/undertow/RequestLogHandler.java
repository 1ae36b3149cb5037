package dev.treadle.launcher.undertow;

import dev.treadle.launcher.host.Passage;
import dev.treadle.launcher.host.RequestSink;
import dev.treadle.launcher.host.ServedRequest;

import io.undertow.security.api.SecurityContext;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import io.undertow.util.Headers;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;

/**
 * Tells the sink of each request that reaches a handler. Undertow answers a malformed request in
 * its parser, and calls no handler for it.
 */
final class RequestLogHandler implements HttpHandler {
    private static final AttachmentKey<Passage> PASSAGE = AttachmentKey.create(Passage.class);

    private final HttpHandler next;
    private final RequestSink sink;

    /**
     * @param next the gate, and all behind it; this one runs on an I/O thread
     */
    RequestLogHandler(HttpHandler next, RequestSink sink) {
        this.next = next;
        this.sink = sink;
    }

    /** Takes the time at which a request is admitted, in front of a handler behind the gate. */
    static HttpHandler admitting(HttpHandler next) {
        return exchange -> {
            exchange.putAttachment(PASSAGE, Passage.now());
            next.handleRequest(exchange);
        };
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        long beginMillis = System.currentTimeMillis();
        long begin = System.nanoTime();
        exchange.addExchangeCompleteListener((over, others) -> {
            try {
                sink.served(request(over, beginMillis, begin));
            } finally {
                others.proceed();
            }
        });
        next.handleRequest(exchange);
    }

    private static ServedRequest request(
            HttpServerExchange exchange, long beginMillis, long begin) {
        return new ServedRequest(
                beginMillis,
                client(exchange.getSourceAddress()),
                user(exchange),
                head(exchange),
                exchange.getStatusCode(),
                exchange.getResponseBytesSent(),
                ServedRequest.Times.of(begin, exchange.getAttachment(PASSAGE)));
    }

    private static String client(@Nullable InetSocketAddress address) {
        if (address == null) {
            return "-";
        }
        return address.getAddress() == null
                ? address.getHostString()
                : address.getAddress().getHostAddress();
    }

    private static @Nullable String user(HttpServerExchange exchange) {
        SecurityContext security = exchange.getSecurityContext();
        return security == null || security.getAuthenticatedAccount() == null
                ? null
                : security.getAuthenticatedAccount().getPrincipal().getName();
    }

    private static ServedRequest.Head head(HttpServerExchange exchange) {
        String query = exchange.getQueryString();
        return new ServedRequest.Head(
                exchange.getRequestMethod().toString(),
                exchange.getRequestURI() + (query.isEmpty() ? "" : "?" + query),
                exchange.getProtocol().toString(),
                exchange.getRequestHeaders().getFirst(Headers.REFERER),
                exchange.getRequestHeaders().getFirst(Headers.USER_AGENT));
    }
}
