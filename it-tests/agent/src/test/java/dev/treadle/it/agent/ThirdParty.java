package dev.treadle.it.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The slow service that the Boot application asks. */
final class ThirdParty implements AutoCloseable {
    private static final int BACKLOG = 2_000;

    /** What it does with a request before it answers. */
    interface Before {
        void answer(HttpExchange exchange) throws InterruptedException;
    }

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    /** Starts one that takes so long for each answer. */
    ThirdParty(Duration takes) throws IOException {
        this(exchange -> Thread.sleep(takes));
    }

    /** Starts one that does so for each request. */
    ThirdParty(Before before) throws IOException {
        server =
                HttpServer.create(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        server.setExecutor(threads);
        server.createContext(
                "/pay",
                exchange -> {
                    try (exchange) {
                        before.answer(exchange);
                        byte[] body = "paid".getBytes(StandardCharsets.US_ASCII);
                        exchange.sendResponseHeaders(200, body.length);
                        exchange.getResponseBody().write(body);
                    } catch (InterruptedException closed) {
                        Thread.currentThread().interrupt();
                    }
                });
        server.start();
    }

    /** Returns its address. */
    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
