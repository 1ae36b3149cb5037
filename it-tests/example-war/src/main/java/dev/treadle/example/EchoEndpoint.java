package dev.treadle.example;

import jakarta.websocket.OnMessage;
import jakarta.websocket.server.ServerEndpoint;

/** Sends back what it is sent. */
@ServerEndpoint("/echo")
public final class EchoEndpoint {
    /** Answers one message. */
    @OnMessage
    public String echo(String message) {
        return "echo " + message;
    }
}
