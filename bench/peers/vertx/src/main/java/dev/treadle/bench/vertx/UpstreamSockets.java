package dev.treadle.bench.vertx;

import static java.util.Objects.requireNonNull;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Connections to the slow third party, kept open and reused, the one that was used last first. Used
 * by one event loop.
 */
final class UpstreamSockets {
    private final Deque<NetSocket> idle = new ArrayDeque<>();
    private @Nullable NetClient client;

    void open(Vertx vertx) {
        client = vertx.createNetClient(new NetClientOptions().setTcpNoDelay(true));
    }

    /** Asks the third party at {@code port} to answer after {@code millis}. */
    Future<Void> ask(int port, int millis) {
        NetSocket pooled = idle.pollFirst();
        Future<NetSocket> socket =
                pooled == null
                        ? requireNonNull(client).connect(port, "127.0.0.1")
                        : Future.succeededFuture(pooled);
        return socket.compose(asked -> ask(asked, millis));
    }

    /** An answer is one short line, which comes in one piece on loopback. */
    private Future<Void> ask(NetSocket socket, int millis) {
        Promise<Void> answered = Promise.promise();
        socket.closeHandler(closed -> answered.tryFail("the third party closed the connection"));
        socket.handler(line -> {
            idle.addFirst(socket);
            answered.tryComplete();
        });
        return socket.write(millis + "\n").compose(sent -> answered.future());
    }
}
