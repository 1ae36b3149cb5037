package dev.treadle.undertow;

import dev.treadle.gate.GateAnswer;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.servlet.handlers.ServletRequestContext;
import io.undertow.servlet.spec.HttpServletResponseImpl;

/**
 * Answers 503 in place of a servlet application that has compiled a page for longer than a request
 * may run ({@link dev.treadle.gate.Permit#interruptHeldBack}).
 */
final class CompiledPages {
    private CompiledPages() {}

    /** Returns a handler that runs the application, and then looks. */
    static HttpHandler answeredInstead(HttpHandler application) {
        return exchange -> {
            application.handleRequest(exchange);
            AdmittedRequest admitted = AdmittedRequest.of(exchange);
            if (admitted != null && admitted.isHeldBack()) {
                answer(exchange, admitted);
            }
        };
    }

    private static void answer(HttpServerExchange exchange, AdmittedRequest admitted) {
        ServletRequestContext run = exchange.getAttachment(ServletRequestContext.ATTACHMENT_KEY);
        HttpServletResponseImpl response = run.getOriginalResponse();
        if (response.isCommitted() || run.getOriginalRequest().isAsyncStarted()) {
            return;
        }
        GateAnswer answer = admitted.interruptedAnswer();
        if (answer != null) {
            InterruptedFailures.answer(exchange, response, answer);
        }
    }
}
