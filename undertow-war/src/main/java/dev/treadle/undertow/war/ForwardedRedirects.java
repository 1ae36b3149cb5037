package dev.treadle.undertow.war;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.servlet.handlers.ServletRequestContext;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;

import java.io.IOException;
import java.net.URI;

/**
 * Makes a relative redirect, sent by a forwarded request, one that is relative to the path that the
 * client has asked for. Undertow resolves it against the path of the forward ({@code
 * HttpServletResponseImpl.sendRedirect}, 2.3.26), such as {@code /WEB-INF/views/}, which no client
 * can ask for. Tomcat and Jetty leave the resolution to the client.
 */
final class ForwardedRedirects implements HttpHandler {
    private final HttpHandler next;

    ForwardedRedirects(HttpHandler next) {
        this.next = next;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        ServletRequestContext context =
                exchange.getAttachment(ServletRequestContext.ATTACHMENT_KEY);
        if (context.getDispatcherType() == DispatcherType.FORWARD
                && context.getServletResponse() instanceof HttpServletResponse response) {
            forward(exchange, context, response);
        } else {
            next.handleRequest(exchange);
        }
    }

    private void forward(
            HttpServerExchange exchange,
            ServletRequestContext context,
            HttpServletResponse response)
            throws Exception {
        context.setServletResponse(new Response(response, context.getServletRequest()));
        try {
            next.handleRequest(exchange);
        } finally {
            context.setServletResponse(response);
        }
    }

    /** A response of a forwarded request. */
    private static final class Response extends HttpServletResponseWrapper {
        private final ServletRequest request;

        Response(HttpServletResponse response, ServletRequest request) {
            super(response);
            this.request = request;
        }

        @Override
        public void sendRedirect(String location) throws IOException {
            super.sendRedirect(resolved(location));
        }

        private String resolved(String location) {
            Object asked = request.getAttribute(RequestDispatcher.FORWARD_REQUEST_URI);
            if (location.startsWith("/") || !(asked instanceof String path)) {
                return location;
            }
            try {
                return URI.create(path).resolve(location).toString();
            } catch (IllegalArgumentException notEncoded) {
                return location; // Undertow does with it what it does
            }
        }
    }
}
