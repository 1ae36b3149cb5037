package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.WorkerModel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What an application and its clients see of HTTP is what they saw before. */
public interface HttpContract extends GateContract {
    /** The beginning of the names of the threads that serve, and then their kind. */
    static String threadPrefix(WorkerModel model) {
        return switch (model) {
            case THREADS -> "treadle-thread-";
            case VIRTUAL -> "treadle-virtual-";
            case GEVENT -> "treadle-gevent-";
        };
    }

    @EachModel
    default void theApplicationSeesTheThreadOfItsModel(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 10).build());
        String thread = run.connect().get("/thread").text();
        assertThat(thread).startsWith(threadPrefix(model));
        assertThat(thread).endsWith(model == WorkerModel.THREADS ? " platform" : " virtual");
    }

    @EachModel
    default void aBodyThatComesInSlowPiecesIsReadWhole(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 4).build());
        RawClient client = run.connect();
        client.send("POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n");
        for (int piece = 1; piece <= 5; piece++) {
            client.send("x".repeat(100));
            long read = piece * 100L;
            run.until(read + " bytes read", () -> run.probe().bytesRead() == read);
        }
        assertThat(client.read().text()).isEqualTo("read 500");
    }

    /**
     * More slow uploads than N at once: what wakes a blocked reader must never wait for a place.
     */
    @EachModel
    default void moreSlowUploadsThanNAreAllServed(WorkerModel model) throws Exception {
        int n = 6;
        TckRun run = start(GateContract.settings(model, n).build());
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < n + 2; i++) {
            clients.add(
                    run.connect()
                            .send(
                                    "POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\n0123456789"));
        }
        run.untilWaiting(2);
        run.until("first halves read", () -> run.probe().bytesRead() == n * 10L);
        for (RawClient client : clients) {
            client.send("0123456789");
        }
        for (RawClient client : clients) {
            assertThat(client.read().text()).isEqualTo("read 20");
        }
    }

    @EachModel
    default void aBigAnswerToASlowReaderArrivesWhole(WorkerModel model) throws Exception {
        int size = 5_000_000;
        TckRun run = start(GateContract.settings(model, 4).build());
        RawClient client = run.connectSlowly();
        client.sendGet("/big?bytes=" + size, "");
        run.until("the answer is begun", () -> run.gate().active() == 1);
        // a second request is served while the first waits for its reader
        assertThat(run.connect().get("/hello").text()).isEqualTo("hello");
        byte[] body = client.read().body();
        assertThat(body).hasSize(size);
        for (int i = 0; i < size; i++) {
            int offset = i % (TckApplication.BIG_PERIOD * 64);
            if (body[i] != (byte) (offset % TckApplication.BIG_PERIOD)) {
                throw new AssertionError("byte " + i + " is " + body[i]);
            }
        }
    }

    @EachModel
    default void aConnectionIsKeptAliveOverManyRequests(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 4).build());
        RawClient client = run.connect();
        for (int i = 0; i < 50; i++) {
            assertThat(client.get("/hello").text()).isEqualTo("hello");
        }
    }

    @EachModel
    default void pipelinedRequestsAreAnsweredInOrder(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 1).queue(20).build());
        RawClient client = run.connect();
        String get = "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n";
        client.send(
                get.formatted("/hello")
                        + get.formatted("/thread")
                        + get.formatted("/missing")
                        + get.formatted("/hello"));
        assertThat(client.read().text()).isEqualTo("hello");
        assertThat(client.read().text()).startsWith(threadPrefix(model));
        assertThat(client.read().status()).isEqualTo(404);
        assertThat(client.read().text()).isEqualTo("hello");
    }

    @EachModel
    default void aWebSocketEchoes(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 4).build());
        try (WebSocketClient socket = new WebSocketClient(run.server().port())) {
            for (int i = 0; i < 10; i++) {
                assertThat(socket.echo("message " + i))
                        .startsWith("message " + i + " on " + threadPrefix(model));
            }
        }
    }

    @EachModel
    default void theErrorPageOfTheApplicationIsShown(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 1).queue(20).build());
        run.expectWarning("thrown by the application");
        RawClient.Answer missing = run.connect().get("/missing");
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.text()).isEqualTo("the error page");
        RawClient.Answer failed = run.connect().get("/exception");
        assertThat(failed.status()).isEqualTo(500);
        assertThat(failed.text()).isEqualTo("the error page");
    }

    @EachModel
    default void aSessionLasts(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 4).build());
        RawClient client = run.connect();
        RawClient.Answer first = client.get("/session");
        assertThat(first.text()).isEqualTo("visit 1");
        String cookie = String.valueOf(first.header("set-cookie")).split(";", 2)[0];
        for (int visit = 2; visit <= 4; visit++) {
            String text = client.sendGet("/session", "Cookie: " + cookie + "\r\n").read().text();
            assertThat(text).isEqualTo("visit " + visit);
        }
    }

    @EachModel
    default void manyAtOnceAreAllServed(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 20).queue(1_000).build());
        List<CompletableFuture<Integer>> clients = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            clients.add(
                    run.later(() -> {
                        int served = 0;
                        try (RawClient client = new RawClient(run.server().port())) {
                            for (int request = 0; request < 50; request++) {
                                served += client.get("/hello").status() == 200 ? 1 : 0;
                            }
                        }
                        return served;
                    }));
        }
        for (CompletableFuture<Integer> client : clients) {
            assertThat(TckRun.result(client)).isEqualTo(50);
        }
        run.untilIdle();
        assertThat(run.workers().stats().completed()).isEqualTo(1_500);
    }
}
