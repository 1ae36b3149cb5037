package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerModel;

import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An event stream holds no place of the N, and there are no more of them than allowed. N is 1 and
 * no request may wait, so that one place too many is one answer of 503.
 */
@SameWithoutLoops
public interface StreamsContract extends GateContract {
    /** Every way to begin a stream; {@code held} ends each. */
    List<String> STREAMS =
            List.of(
                    "/stream/async",
                    "/stream/elsewhere",
                    "/stream/unannounced",
                    "/stream/silent",
                    "/stream/sync",
                    "/stream/deaf");

    /**
     * How many clients there are in the test of clients that leave; {@code -Dtreadle.tck.listeners}
     * says it, for a soak.
     */
    int CLIENTS = Integer.getInteger("treadle.tck.listeners", 40);

    /** How many of them there are at once: more than are let in, so that some wait in the queue. */
    int AT_ONCE = 8;

    private TckRun startWithOne(WorkerModel model, int streams) throws Exception {
        TckRun run = start(GateContract.settings(model, 1).queue(0).streams(streams).build());
        expectNoisyContainers(run);
        return run;
    }

    /**
     * Expects the log messages of containers for a stream that was cut off, or for a write that
     * fails.
     */
    private static void expectNoisyContainers(TckRun run) {
        run.expectWarning("[Ii]nterrupted");
    }

    /** Opens one stream, when the place of the request before is back. */
    private static Client open(TckRun run, String path) throws Exception {
        run.untilIdle();
        int before = run.gate().streams();
        Client client = run.connect().sendGet(path);
        run.untilStreams(before + 1);
        if (!path.equals("/stream/silent")) {
            assertThat(client.readHead()).isEqualTo(200);
            assertThat(client.readBody(new byte[1], 1)).isEqualTo(1);
        }
        return client;
    }

    private static void readToTheEnd(Client client) throws IOException {
        byte[] buffer = new byte[100];
        while (client.readBody(buffer, buffer.length) >= 0) {
            // more of it
        }
    }

    @EachModel
    default void anOpenStreamHoldsNoPlaceOfTheN(WorkerModel model) throws Exception {
        TckRun run = startWithOne(model, STREAMS.size());
        List<Client> clients = new ArrayList<>();
        for (String path : STREAMS) {
            clients.add(open(run, path));
            run.untilIdle();
            assertThat(run.connect().get("/hello").text()).as(path).isEqualTo("hello");
        }
        run.untilIdle();
        assertThat(run.workers().stats().gate().streams()).isEqualTo(STREAMS.size());
        assertThat(run.workers().stats().gate().refused().total()).isZero();
        run.probe().letGo();
        for (int i = 0; i < STREAMS.size(); i++) {
            if (STREAMS.get(i).equals("/stream/silent")) {
                assertThat(clients.get(i).readHead()).isEqualTo(200);
            }
            readToTheEnd(clients.get(i));
        }
        run.untilStreams(0);
        assertThat(run.connect().get("/hello").text()).isEqualTo("hello");
    }

    @EachModel
    default void aStreamTooManyIsRefusedAsTheGateRefuses(WorkerModel model) throws Exception {
        TckRun run = startWithOne(model, 1);
        Client first = open(run, "/stream/async");
        long refused = 0;
        for (String path : STREAMS) {
            run.untilIdle();
            Client client = run.connect();
            Client.Answer answer = client.get(path + "?ticks=20");
            assertThat(answer.status()).as(path).isEqualTo(503);
            assertThat(answer.header("retry-after")).as(path).isEqualTo("1");
            refused++;
            assertThat(run.workers().stats().gate().refused().streams())
                    .as(path)
                    .isEqualTo(refused);
            run.untilIdle();
            assertThat(run.connect().get("/hello").text()).as(path).isEqualTo("hello");
        }
        assertThat(run.workers().stats().gate().refused().total()).isEqualTo(refused);
        assertThat(run.gate().streams()).isEqualTo(1);
        run.untilIdle();
        assertThat(run.connect().get("/stream/finite").text()).isEqualTo("data: 1\n\n");
        first.close();
        run.untilStreams(0);
        Client next = open(run, "/stream/endless");
        next.close();
        run.untilStreams(0);
    }

    @EachModel
    default void theStatusOfARefusedStreamIsThatOfTheSettings(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 1)
                                .queue(0)
                                .streams(1)
                                .refuseStatus(429)
                                .retryAfter(Duration.ofSeconds(7))
                                .build());
        open(run, "/stream/endless");
        Client.Answer refused = run.connect().get("/stream/endless");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("retry-after")).isEqualTo("7");
        assertThat(refused.text()).contains("too many event streams");
    }

    @EachModel
    default void aStreamLeavesTheLimitOfItsPathToo(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 2)
                                .queue(0)
                                .queueTimeout(Duration.ofSeconds(60))
                                .limit("/stream/*", 1, 0, Duration.ofSeconds(60))
                                .build());
        for (int i = 0; i < 3; i++) {
            open(run, "/stream/async");
            run.until(
                    "nobody at the limit",
                    () -> run.workers().stats().limits().getFirst().active() == 0);
        }
        run.probe().letGo();
        run.untilStreams(0);
    }

    @EachModel
    default void aStreamThatIsNotCountedApartHoldsItsPlace(WorkerModel model) throws Exception {
        TckRun run = startWithOne(model, 0);
        Client stream = run.connect().sendGet("/stream/async");
        assertThat(stream.readHead()).isEqualTo(200);
        assertThat(run.connect().get("/hello").status()).isEqualTo(503);
        assertThat(run.gate().streams()).isZero();
        run.probe().letGo();
        readToTheEnd(stream);
        run.untilIdle();
    }

    @EachModel
    default void aStreamEndsWhenItsClientLeaves(WorkerModel model) throws Exception {
        TckRun run = startWithOne(model, 10);
        for (String path : List.of("/stream/endless", "/stream/silent", "/stream/sync")) {
            Client closes = open(run, path);
            Client resets = open(run, path);
            Client aborts = open(run, path);
            closes.close();
            resets.reset();
            aborts.abort();
            run.untilStreams(0);
        }
        run.untilNoted("error");
        run.untilIdle();
    }

    /** Clients that open streams, more than allowed, and leave at any moment. */
    @EachModel
    @Timeout(value = 1, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    default void whateverClientsOfStreamsDoNothingIsLost(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 4).queue(10).streams(6).build());
        expectNoisyContainers(run);
        AbortContract.expectWriteToClientThatHasLeft(run);
        AtomicInteger left = new AtomicInteger(CLIENTS);
        List<CompletableFuture<Boolean>> clients = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            clients.add(
                    run.later(() -> {
                        while (left.decrementAndGet() >= 0) {
                            visit(run);
                        }
                        return true;
                    }));
        }
        for (CompletableFuture<Boolean> client : clients) {
            assertThat(client.get()).isTrue();
        }
        run.untilStreams(0);
        run.untilIdle();
        assertThat(run.connect().get("/hello").text()).isEqualTo("hello");
    }

    private static void visit(TckRun run) throws InterruptedException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        String path = STREAMS.get(random.nextInt(STREAMS.size()));
        try (Client client = run.protocol().connect(run.server().port())) {
            client.sendGet(path + "?ticks=20");
            if (random.nextBoolean() && !path.equals("/stream/silent")) {
                assertThat(client.readHead()).isIn(200, 503);
            }
            Thread.sleep(random.nextInt(20));
            switch (random.nextInt(3)) {
                case 0 -> client.reset();
                case 1 -> client.abort();
                default -> {} // closed
            }
        } catch (IOException closed) {
            // the server closed first
        }
    }

    /** The stream is older than the request that is struck. */
    @EachModel
    default void harakiriEndsNoStream(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 1)
                                .queue(0)
                                .harakiri(Duration.ofMillis(300))
                                .build());
        run.expectWarning("harakiri: GET /hold");
        expectNoisyContainers(run);
        Client idle = open(run, "/stream/async");
        Client busy = open(run, "/stream/sync");
        run.untilIdle();
        assertThat(run.connect().get("/hold").status()).isEqualTo(503);
        assertThat(run.workers().stats().gate().harakiris()).isEqualTo(1);
        assertThat(run.gate().streams()).isEqualTo(2);
        run.probe().letGo();
        readToTheEnd(idle);
        readToTheEnd(busy);
        run.untilStreams(0);
        run.untilIdle();
    }

    @EachModel
    default void harakiriEndsAStreamThatHoldsAPlace(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 1)
                                .queue(0)
                                .streams(0)
                                .harakiri(Duration.ofMillis(300))
                                .build());
        run.expectWarning("harakiri: GET /stream/endless");
        expectNoisyContainers(run);
        Client stream = run.connect().sendGet("/stream/endless");
        assertThat(stream.readHead()).isEqualTo(200);
        run.untilIdle();
        assertThat(run.workers().stats().gate().harakiris()).isEqualTo(1);
    }

    @EachModel
    default void aStreamGoesOnThroughSwitches(WorkerModel model) throws Exception {
        TckRun run = startWithOne(model, 3);
        List<Client> streams =
                List.of(
                        open(run, "/stream/async"),
                        open(run, "/stream/sync"),
                        open(run, "/stream/elsewhere"));
        for (WorkerModel next : WorkerModel.values()) {
            run.workers().switchTo(GateContract.settings(next, 1).queue(0).streams(2).build());
            assertThat(run.gate().streams())
                    .as(() -> "streams of " + run.gate().requests())
                    .isEqualTo(3);
            assertThat(run.connect().get("/hello").text()).isEqualTo("hello");
            run.untilIdle();
            assertThat(run.connect().get("/stream/async").status()).isEqualTo(503);
            run.untilIdle();
        }
        run.probe().letGo();
        for (Client stream : streams) {
            readToTheEnd(stream);
        }
        run.untilStreams(0);
        run.until("old engines have ended", () -> run.workers().stats().engine().retiring() == 0);
        assertThat(run.connect().get("/stream/deaf").status()).isEqualTo(200);
    }

    /** The grace is a minute, and longer than this test may take. */
    @EachModel
    default void aDrainEndsStreamsAfterAllOtherRequests(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 4).drain(Duration.ofSeconds(100)).build());
        expectNoisyContainers(run);
        open(run, "/stream/endless");
        open(run, "/stream/endless");
        open(run, "/stream/endless-sync");
        CompletableFuture<Client.Answer> held = run.getLater("/hold");
        run.untilInside(1);
        CompletableFuture<Boolean> stopped =
                run.later(() -> {
                    run.shutDown();
                    return true;
                });
        run.until("draining", () -> run.gate().draining());
        assertThat(stopped).isNotDone();
        assertThat(run.gate().streams()).isEqualTo(3);
        run.probe().letGo();
        assertThat(TckRun.result(held).text()).isEqualTo("held");
        assertThat(TckRun.result(stopped)).isTrue();
        assertThat(run.gate().streams()).isZero();
    }
}
