package dev.treadle.undertow;

import dev.treadle.Installation;

import io.undertow.server.HandlerWrapper;
import io.undertow.server.HttpHandler;

import org.xnio.XnioWorker;

/**
 * The result of {@link UndertowWorkers#prepare}: the installation, and the gate that must still be
 * put in front of a handler.
 *
 * @param installation the installation
 * @param xnioWorker the worker that Undertow gets; its tasks run on the workers. WebSocket
 *     deployments are to get it too
 * @param gate puts the gate in front of a handler; once
 * @since 0.2.0
 */
public record UndertowGate(Installation installation, XnioWorker xnioWorker, HandlerWrapper gate)
        implements HandlerWrapper {
    @Override
    public HttpHandler wrap(HttpHandler handler) {
        return gate.wrap(handler);
    }
}
