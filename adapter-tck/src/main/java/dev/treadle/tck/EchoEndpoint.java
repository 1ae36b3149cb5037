package dev.treadle.tck;

import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Sends back what it gets, with the thread it got it on. Public, with a public constructor, as
 * containers want it.
 */
public final class EchoEndpoint extends Endpoint {
    /** For the container. */
    public EchoEndpoint() {}

    @Override
    public void onOpen(Session session, EndpointConfig config) {
        session.addMessageHandler(
                new MessageHandler.Whole<String>() {
                    @Override
                    public void onMessage(String message) {
                        try {
                            session.getBasicRemote()
                                    .sendText(message + " on " + TckServlet.thread());
                        } catch (IOException broken) {
                            throw new UncheckedIOException(broken);
                        }
                    }
                });
    }
}
