package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerModel;

import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that leave at any moment: in the queue, during an upload, during an answer, before one.
 * The run itself asserts the invariants after every test (permits, queue, threads, descriptors).
 */
@SameWithoutLoops
public interface AbortContract extends GateContract {
    /** How many requests; {@code -Dtreadle.tck.aborts} says it, for a soak. */
    int REQUESTS = Integer.getInteger("treadle.tck.aborts", 800);

    /** How many clients at once: more than are let in, so that some wait in the queue. */
    int AT_ONCE = 12;

    /** The one of six visits that leaves the connection of no use to others. */
    int PART_OF_A_HEAD = 3;

    @EachModel
    @Timeout(value = 1, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    default void whateverClientsDoNothingIsLost(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 4).queue(6).build());
        expectWhatContainersSayOfResets(run);
        List<Integer> expected = List.of(200, 503);
        AtomicInteger left = new AtomicInteger(REQUESTS);
        AtomicInteger answered = new AtomicInteger();
        List<CompletableFuture<Integer>> clients = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            clients.add(
                    run.later(() -> {
                        int sent = 0;
                        while (left.decrementAndGet() >= 0) {
                            answered.addAndGet(visit(run, expected) ? 1 : 0);
                            sent++;
                        }
                        return sent;
                    }));
        }
        int sent = 0;
        for (CompletableFuture<Integer> client : clients) {
            sent += client.get();
        }
        assertThat(sent).isEqualTo(REQUESTS);
        assertThat(answered.get()).isPositive();
        run.untilIdle();
        for (int i = 0; i < 4; i++) {
            assertThat(run.connect().get("/hello").status()).isEqualTo(200);
        }
        run.untilIdle();
    }

    /** Many resets in a short time are rare enough for users that containers speak of them. */
    private static void expectWhatContainersSayOfResets(TckRun run) {
        if (run.protocol().isHttp2()) {
            // Jetty: its limit of resets a second, and what an application then fails with
            run.expectWarning("enhance_your_calm_error");
            run.expectWarning("Unconsumed request content");
            // Tomcat: two errors of one stream at the same time, of which the second finds nothing
            run.expectWarning("Duplicate request to recycle");
            expectWriteToClientThatHasLeft(run);
            run.expectWarning("Exception while processing an asynchronous request");
        }
    }

    /** Over HTTP/2 the system may see before Jetty that a client has left. Jetty then warns. */
    static void expectWriteToClientThatHasLeft(TckRun run) {
        if (run.protocol().isHttp2()) {
            run.expectWarning("handleException \\S+ java\\.io\\.IOException: Broken pipe");
        }
    }

    /** One request that may be given up; returns whether it was answered. */
    private static boolean visit(TckRun run, List<Integer> expected) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int what = random.nextInt(6);
        try (Client client = client(run, random, what != PART_OF_A_HEAD)) {
            switch (what) {
                case 0 -> {
                    Client.Answer answer = client.get("/hello");
                    assertThat(answer.status()).isIn(expected);
                    return true;
                }
                case 1 -> client.sendGet("/big?bytes=2000000");
                case 2 -> client.sendPost("/upload", 100_000).sendBody("begin");
                case PART_OF_A_HEAD -> client.sendPartOfAHead("/hello");
                case 4 -> {
                    client.sendGet("/big?bytes=2000000");
                    client.readHead();
                    client.readBody(new byte[512], random.nextInt(1, 512));
                }
                default -> client.sendGet("/async/timeout-handled");
            }
            LockSupport.parkNanos(random.nextInt(8_000_000));
            switch (random.nextInt(3)) {
                case 0 -> client.reset();
                case 1 -> client.abort();
                default -> {} // closed
            }
            return false;
        } catch (IOException closed) {
            return false; // the server closed first, or the system ran out of ports for a moment
        }
    }

    private static Client client(TckRun run, ThreadLocalRandom random, boolean mayShare)
            throws IOException {
        Protocol protocol = run.protocol();
        if (protocol.isHttp2() && mayShare && random.nextBoolean()) {
            return run.share(); // leaves the connection to the others
        }
        int port = run.server().port();
        return random.nextInt(4) == 0 ? protocol.connectSlowly(port) : protocol.connect(port);
    }
}
