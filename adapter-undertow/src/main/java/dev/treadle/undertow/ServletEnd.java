package dev.treadle.undertow;

import dev.treadle.gate.EventStreams;
import dev.treadle.gate.GateAnswer;

import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.servlet.handlers.ServletRequestContext;
import io.undertow.servlet.spec.AsyncContextImpl;
import io.undertow.servlet.spec.HttpServletRequestImpl;
import io.undertow.servlet.spec.HttpServletResponseImpl;

import jakarta.servlet.DispatcherType;

import java.nio.channels.ClosedChannelException;

/**
 * Ends an asynchronous request of a servlet from outside, as Undertow's own timeout of such
 * requests does (AsyncContextImpl.TimeoutTask, 2.3.26): as one of the request's asynchronous tasks,
 * which run one at a time. A class of its own, because an Undertow without servlets lacks those it
 * names.
 */
final class ServletEnd {
    private ServletEnd() {}

    /**
     * Ends it; false if the exchange is none of a servlet's, or none of an asynchronous request.
     */
    static boolean end(HttpServerExchange exchange, GateAnswer answer) {
        ServletRequestContext servlet =
                exchange.getAttachment(ServletRequestContext.ATTACHMENT_KEY);
        if (servlet == null) {
            return false;
        }
        AsyncContextImpl async = servlet.getOriginalRequest().getAsyncContextInternal();
        if (async == null) {
            return false;
        }
        async.addAsyncTask(() -> endNow(exchange, servlet, async, answer));
        return true;
    }

    /**
     * Ends it for a client that has left, as a failed write would: listeners are told of an error.
     *
     * @param keep whether the connection goes on after it
     * @return false if the exchange is none of a servlet's, or none of an asynchronous request
     */
    static boolean abandon(HttpServerExchange exchange, boolean keep) {
        ServletRequestContext servlet =
                exchange.getAttachment(ServletRequestContext.ATTACHMENT_KEY);
        AsyncContextImpl async =
                servlet == null ? null : servlet.getOriginalRequest().getAsyncContextInternal();
        if (servlet == null || async == null) {
            return false;
        }
        async.addAsyncTask(() -> {
            if (isIdle(exchange, servlet, async)) {
                if (!keep) {
                    exchange.setPersistent(false);
                }
                async.handleError(new ClosedChannelException());
            }
        });
        return true;
    }

    /** Whether a servlet has the exchange, and its request is not asynchronous. */
    static boolean isSynchronous(HttpServerExchange exchange) {
        ServletRequestContext servlet =
                exchange.getAttachment(ServletRequestContext.ATTACHMENT_KEY);
        return servlet != null
                && !servlet.getOriginalRequest().isAsyncStarted()
                && servlet.getOriginalRequest().getDispatcherType() != DispatcherType.ASYNC;
    }

    /** Whether an answer that has not begun will be an event stream. */
    static boolean isEventStreamAnnounced(HttpServerExchange exchange) {
        ServletRequestContext servlet =
                exchange.getAttachment(ServletRequestContext.ATTACHMENT_KEY);
        return servlet != null
                && EventStreams.isAnnounced(servlet.getOriginalRequest()::getAttribute);
    }

    /** False if it was completed or dispatched meanwhile. */
    private static boolean isIdle(
            HttpServerExchange exchange, ServletRequestContext servlet, AsyncContextImpl async) {
        HttpServletRequestImpl request = servlet.getOriginalRequest();
        return request.isAsyncStarted()
                && !exchange.isComplete()
                && async.equals(request.getAsyncContextInternal());
    }

    private static void endNow(
            HttpServerExchange exchange,
            ServletRequestContext servlet,
            AsyncContextImpl async,
            GateAnswer answer) {
        if (!isIdle(exchange, servlet, async)) {
            return;
        }
        exchange.setPersistent(false);
        if (exchange.isResponseStarted()) {
            CutOff.cut(exchange);
            async.complete();
            return;
        }
        Connectors.executeRootHandler(
                begun -> {
                    HttpServletResponseImpl response = servlet.getOriginalResponse();
                    response.reset();
                    response.setContentLengthLong(-1); // Undertow's reset forgets that (2.3.26)
                    OwnAnswer.begin(begun, answer);
                    response.sendError(answer.status(), answer.words());
                },
                exchange);
        if (!async.isDispatched()) {
            async.complete();
        }
    }
}
