package dev.treadle.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Something slow that applications call: {@code /pay?ms=N} answers after so long, {@code ms=-1}
 * when it is let go.
 */
final class ThirdParty implements AutoCloseable {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger inside = new AtomicInteger();
    private volatile CountDownLatch held = new CountDownLatch(1);
    private final HttpServer server;

    ThirdParty() throws IOException {
        server =
                HttpServer.create(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4_096);
        server.createContext("/pay", this::pay);
        server.setExecutor(threads);
        server.start();
    }

    /** Returns the argument with which an application calls it. */
    String argument() {
        return "--app.third-party=http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** How many calls it has not answered yet. */
    int inside() {
        return inside.get();
    }

    /** Answers all calls with {@code ms=-1} that are here; later ones wait for the next time. */
    void letGo() {
        CountDownLatch present = held;
        held = new CountDownLatch(1);
        present.countDown();
    }

    private void pay(HttpExchange exchange) throws IOException {
        inside.incrementAndGet();
        try (exchange) {
            String query = exchange.getRequestURI().getQuery();
            long millis = Long.parseLong(query.substring("ms=".length()));
            if (millis < 0) {
                held.await();
            } else {
                Thread.sleep(millis);
            }
            byte[] paid = "paid".getBytes(StandardCharsets.UTF_8);
            inside.decrementAndGet();
            exchange.sendResponseHeaders(200, paid.length);
            exchange.getResponseBody().write(paid);
        } catch (InterruptedException closing) {
            inside.decrementAndGet();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
