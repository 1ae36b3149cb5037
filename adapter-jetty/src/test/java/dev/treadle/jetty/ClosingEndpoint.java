package dev.treadle.jetty;

import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Says on which threads it was opened and closed. Public, with a public constructor, as containers
 * want it.
 */
public final class ClosingEndpoint extends Endpoint {
    static final BlockingQueue<String> THREADS = new LinkedBlockingQueue<>();

    /** For the container. */
    public ClosingEndpoint() {}

    @Override
    public void onOpen(Session session, EndpointConfig config) {
        THREADS.add("opened on " + Thread.currentThread().getName());
    }

    @Override
    public void onClose(Session session, CloseReason reason) {
        THREADS.add("closed on " + Thread.currentThread().getName());
    }
}
