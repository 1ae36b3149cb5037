package dev.treadle.undertow;

import dev.treadle.gate.GateAnswer;

import io.undertow.server.HttpServerExchange;
import io.undertow.servlet.api.ExceptionHandler;
import io.undertow.servlet.api.LoggingExceptionHandler;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;

import org.jspecify.annotations.Nullable;

/**
 * Answers 503 in place of a servlet application that fails because its request was interrupted,
 * before that has an error page made for it. Other failures go where they went.
 */
final class InterruptedFailures implements ExceptionHandler {
    private final ExceptionHandler others;

    /**
     * @param others what the deployment has; null: Undertow's own
     */
    InterruptedFailures(@Nullable ExceptionHandler others) {
        this.others = others == null ? LoggingExceptionHandler.DEFAULT : others;
    }

    @Override
    public boolean handleThrowable(
            HttpServerExchange exchange,
            ServletRequest request,
            ServletResponse response,
            Throwable failure) {
        AdmittedRequest admitted = AdmittedRequest.of(exchange);
        if (admitted != null && (admitted.cutIfInterrupted() || admitted.isAnsweredByGate())) {
            return true;
        }
        GateAnswer answer = admitted == null ? null : admitted.interruptedAnswer();
        if (answer == null || response.isCommitted() || request.isAsyncStarted()) {
            return others.handleThrowable(exchange, request, response, failure);
        }
        answer(exchange, response, answer);
        return true;
    }

    /** Answers in place of the application, of whose answer nothing has gone out. */
    static void answer(HttpServerExchange exchange, ServletResponse response, GateAnswer answer) {
        response.reset();
        response.setContentLengthLong(-1); // Undertow's reset forgets that (2.3.26)
        OwnAnswer.begin(exchange, answer);
        exchange.getResponseSender().send(answer.words());
    }
}
