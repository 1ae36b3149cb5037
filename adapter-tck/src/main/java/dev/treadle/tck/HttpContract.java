package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerModel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** An application and its clients see the same HTTP as without Treadle. */
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
        Client client = run.connect();
        client.sendPost("/upload", 500);
        for (int piece = 1; piece <= 5; piece++) {
            client.sendBody("x".repeat(100));
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
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < n + 2; i++) {
            clients.add(run.connect().sendPost("/upload", 20).sendBody("0123456789"));
        }
        run.untilWaiting(2);
        run.until("first halves read", () -> run.probe().bytesRead() == n * 10L);
        for (Client client : clients) {
            client.sendBody("0123456789");
        }
        for (Client client : clients) {
            assertThat(client.read().text()).isEqualTo("read 20");
        }
    }

    @EachModel
    default void aBigAnswerToASlowReaderArrivesWhole(WorkerModel model) throws Exception {
        int size = 5_000_000;
        TckRun run = start(GateContract.settings(model, 4).build());
        Client client = run.connectSlowly();
        client.sendGet("/big?bytes=" + size);
        run.until("the answer is begun", () -> run.gate().active() == 1);
        // a second request is served while the first waits for its reader
        assertThat(run.connect().get("/hello").text()).isEqualTo("hello");
        assertIsBig(client.read().body(), size);
    }

    /** Expects all bytes of a big answer, in their order. */
    static void assertIsBig(byte[] body, int size) {
        assertThat(body).hasSize(size);
        for (int i = 0; i < size; i++) {
            int offset = i % (TckApplication.BIG_PERIOD * 64);
            if (body[i] != (byte) (offset % TckApplication.BIG_PERIOD)) {
                throw new AssertionError("byte " + i + " is " + body[i]);
            }
        }
    }

    /** Threads that wait for their clients sleep: they do not ask again and again. */
    @EachModel
    default void readersOfBodiesThatStallUseNoCpu(WorkerModel model) throws Exception {
        int n = 4;
        TckRun run = start(GateContract.settings(model, n).build());
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            clients.add(run.connect().sendPost("/upload", 20).sendBody("0123456789"));
        }
        run.until("first halves read", () -> run.probe().bytesRead() == n * 10L);
        run.untilNoCpuIsUsed();
        for (Client client : clients) {
            client.sendBody("0123456789");
            assertThat(client.read().text()).isEqualTo("read 20");
        }
    }

    @EachModel
    default void writersOfAnswersThatNobodyReadsUseNoCpu(WorkerModel model) throws Exception {
        int n = 4;
        TckRun run = start(GateContract.settings(model, n).build());
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            Client client = run.connectSlowly();
            client.sendGet("/big?bytes=50000000");
            assertThat(client.readHead()).isEqualTo(200);
            clients.add(client);
        }
        run.untilNoCpuIsUsed();
        assertThat(run.gate().active()).isEqualTo(n);
        for (Client client : clients) {
            client.abort();
        }
        run.untilIdle();
    }

    @EachModel
    default void aConnectionIsKeptAliveOverManyRequests(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 4).build());
        Client client = run.connect();
        for (int i = 0; i < 50; i++) {
            assertThat(client.get("/hello").text()).isEqualTo("hello");
        }
    }

    @EachModel
    default void theErrorPageOfTheApplicationIsShown(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 1).queue(20).build());
        run.expectWarning("thrown by the application");
        Client.Answer missing = run.connect().get("/missing");
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.text()).isEqualTo("the error page");
        Client.Answer failed = run.connect().get("/exception");
        assertThat(failed.status()).isEqualTo(500);
        assertThat(failed.text()).isEqualTo("the error page");
    }

    @EachModel
    default void aSessionLasts(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 4).build());
        Client client = run.connect();
        Client.Answer first = client.get("/session");
        assertThat(first.text()).isEqualTo("visit 1");
        String cookie = String.valueOf(first.header("set-cookie")).split(";", 2)[0];
        for (int visit = 2; visit <= 4; visit++) {
            String text = client.sendGet("/session", "cookie", cookie).read().text();
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
                        try (Client client = run.protocol().connect(run.server().port())) {
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
        assertThat(run.workers().stats().gate().completed()).isEqualTo(1_500);
        assertThat(run.workers().stats().gate().run().ended()).isEqualTo(1_500);
    }
}
