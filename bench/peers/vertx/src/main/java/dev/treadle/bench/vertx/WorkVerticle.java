package dev.treadle.bench.vertx;

import static dev.treadle.bench.server.Work.number;

import dev.treadle.bench.server.Customers;
import dev.treadle.bench.server.Freeze;
import dev.treadle.bench.server.HostSetup;
import dev.treadle.bench.server.Work;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What {@link Work} does, written for an event loop: nothing waits in it but the computation and
 * the class initialiser, which no code can wait for in another way.
 */
final class WorkVerticle extends VerticleBase {
    private static final int CONNECTIONS = 20_000;
    private static final Buffer HELLO = Buffer.buffer(Work.HELLO_TEXT);
    private static final Buffer DONE = Buffer.buffer(Work.DONE_TEXT);

    private final List<Integer> ports;
    private final UpstreamSockets upstream = new UpstreamSockets();
    private @Nullable HttpClient client;
    private @Nullable Pool customers;

    /**
     * @param ports is told the port
     */
    WorkVerticle(List<Integer> ports) {
        this.ports = ports;
    }

    @Override
    public Future<?> start() {
        upstream.open(vertx);
        client =
                vertx.createHttpClient(
                        new HttpClientOptions().setTcpNoDelay(true),
                        new PoolOptions().setHttp1MaxSize(CONNECTIONS));
        HttpServerOptions options =
                new HttpServerOptions()
                        .setHost(HostSetup.ADDRESS)
                        // below 0: a free port, the same for all that ask with the same number
                        .setPort(-1)
                        .setAcceptBacklog(HostSetup.BACKLOG)
                        .setIdleTimeoutUnit(TimeUnit.SECONDS)
                        .setIdleTimeout((int) HostSetup.IDLE.toSeconds());
        return vertx.createHttpServer(options)
                .requestHandler(this::answer)
                .listen()
                .onSuccess(server -> ports.add(server.actualPort()));
    }

    private void answer(HttpServerRequest request) {
        Future<@Nullable Buffer> body;
        try {
            body = body(request);
        } catch (IllegalArgumentException bad) {
            body = Future.failedFuture(bad);
        }
        body.onSuccess(found -> end(request, found))
                .onFailure(failed -> request.response().setStatusCode(500).end(failed.toString()));
    }

    private static void end(HttpServerRequest request, @Nullable Buffer body) {
        if (body == null) {
            request.response().setStatusCode(404).end();
        } else {
            request.response().putHeader("Content-Type", "text/plain").end(body);
        }
    }

    private Future<@Nullable Buffer> body(HttpServerRequest request) {
        String path = request.path();
        return switch (path == null ? "" : path) {
            case "/fast" -> Future.succeededFuture(HELLO);
            case "/sleep" ->
                    vertx.timer(number(request::getParam, "ms"), TimeUnit.MILLISECONDS).map(DONE);
            case "/upstream" ->
                    upstream.ask(number(request::getParam, "port"), number(request::getParam, "ms"))
                            .map(DONE);
            case "/proxy" ->
                    ask(number(request::getParam, "port"), number(request::getParam, "ms"));
            case "/jdbc" -> customer();
            case "/hog" -> {
                Work.compute(number(request::getParam, "ms"));
                yield Future.succeededFuture(DONE);
            }
            case "/freeze" -> {
                Freeze.touch(number(request::getParam, "id"), number(request::getParam, "ms"));
                yield Future.succeededFuture(DONE);
            }
            default -> Future.succeededFuture();
        };
    }

    private Future<Buffer> ask(int port, int millis) {
        HttpClient asked = client;
        if (asked == null) {
            throw new IllegalStateException("not started");
        }
        return asked.request(HttpMethod.GET, port, "127.0.0.1", "/pay?ms=" + millis)
                .compose(question -> question.send())
                .compose(WorkVerticle::bodyOf);
    }

    private static Future<Buffer> bodyOf(HttpClientResponse response) {
        return response.statusCode() == 200
                ? response.body()
                : Future.failedFuture("the third party answered " + response.statusCode());
    }

    private Future<Buffer> customer() {
        Pool asked = customers;
        if (asked == null) {
            asked = pool();
            customers = asked;
        }
        return asked.preparedQuery(Customers.QUERY.replace("?", "$1"))
                .execute(Tuple.of(Customers.anyId()))
                .map(rows -> Buffer.buffer(rows.iterator().next().getString(0)));
    }

    /** All event loops share it, by its name: as many connections as the pool of the others. */
    private Pool pool() {
        return PgBuilder.pool()
                .connectingTo(
                        new PgConnectOptions()
                                .setHost("127.0.0.1")
                                .setPort(Customers.port())
                                .setUser("postgres")
                                .setDatabase("postgres")
                                .setCachePreparedStatements(true))
                .with(
                        new io.vertx.sqlclient.PoolOptions()
                                .setMaxSize(Customers.POOL)
                                .setShared(true)
                                .setName("customers"))
                .using(vertx)
                .build();
    }
}
