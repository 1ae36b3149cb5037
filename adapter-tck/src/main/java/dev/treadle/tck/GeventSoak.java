package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerModel;
import dev.treadle.settings.WorkerSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The checks of {@link GeventContract}, repeated for ten minutes under random load, or for {@code
 * -Dtreadle.soak.seconds}. A test of an adapter implements it in addition to the contract, in a
 * class that is not part of the build.
 */
public interface GeventSoak extends GateContract {
    /** Fewer than the clients, so that some wait in the queue. */
    int INSIDE = 24;

    /** How many clients there are. */
    int CLIENTS = 32;

    /** The counts of one client. */
    record Seen(long requests, long counting, long increments, long refused) {
        /** Returns what both have seen. */
        Seen and(Seen other) {
            return new Seen(
                    requests + other.requests,
                    counting + other.counting,
                    increments + other.increments,
                    refused + other.refused);
        }
    }

    /** Returns which container it is and in which version, to be printed. */
    default String container() {
        return System.getProperty("treadle.tck.container", getClass().getSimpleName());
    }

    @Test
    @Timeout(value = 12, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    default void underRandomLoadAPlainStaticIntLosesNoUpdate() throws Exception {
        Duration duration = Duration.ofSeconds(Long.getLong("treadle.soak.seconds", 600));
        // without retake: after a retake two greenlets of one hub may run at once
        TckRun run =
                start(
                        WorkerSettings.builder()
                                .gevent(INSIDE)
                                .hubs(1)
                                .retake(null)
                                .queue(CLIENTS)
                                .build());
        Counting.counter = 0;
        long end = System.nanoTime() + duration.toNanos();
        List<CompletableFuture<Seen>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(run.later(() -> visit(run, end)));
        }
        Seen seen = new Seen(0, 0, 0, 0);
        for (CompletableFuture<Seen> client : clients) {
            seen = seen.and(client.get());
        }
        run.untilIdle();
        long counted = Counting.counter;
        System.out.printf(
                "%s, JDK %s, %d s: %,d requests, %,d of them counting, %,d refused; plain static"
                        + " int: %,d increments, %,d expected, %,d lost%n",
                container(),
                Runtime.version(),
                duration.toSeconds(),
                seen.requests,
                seen.counting,
                seen.refused,
                counted,
                seen.increments,
                seen.increments - counted);
        assertThat(seen.increments).isPositive();
        assertThat(counted).isEqualTo(seen.increments);
    }

    /**
     * 200 requests at once for a handler of one second, ten at a time, from clients who give up
     * after two seconds. A request that is begun after that is wasted work, and there must be none.
     */
    @EachModel
    default void inAnAvalancheNothingIsDoneForThoseWhoLeft(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 10).queue(200).build());
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            clients.add(run.connect());
        }
        long start = System.nanoTime();
        for (Client client : clients) {
            client.sendGet("/second");
        }
        long giveUp = start + Duration.ofSeconds(2).toNanos();
        run.until("two seconds are over", () -> System.nanoTime() >= giveUp);
        for (Client client : clients) {
            client.close();
        }
        run.untilIdle();
        int handlers = run.probe().order().size();
        System.out.printf(
                "%s, %s: 200 requests at once, 10 at a time, clients gave up after 2 s: %d handlers ran, %d requests left the queue%n",
                container(), model, handlers, run.workers().stats().gate().refused().clientsGone());
        assertThat(handlers).isBetween(10, 30);
        assertThat(run.connect().get("/hello").text()).isEqualTo("hello");
    }

    private static Seen visit(TckRun run, long end) throws IOException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        Seen seen = new Seen(0, 0, 0, 0);
        while (System.nanoTime() < end) {
            try (RawClient client = new RawClient(run.server().port())) {
                for (int left = random.nextInt(1, 40);
                        left > 0 && System.nanoTime() < end;
                        left--) {
                    Seen one = request(client, random);
                    seen = seen.and(one);
                    if (one.refused != 0) {
                        break; // some containers end the connection then
                    }
                }
            }
        }
        return seen;
    }

    private static Seen request(RawClient client, ThreadLocalRandom random) throws IOException {
        return switch (random.nextInt(10)) {
            case 0 -> seen(client.get("/hello"), 0);
            case 1 -> {
                client.send(
                        "POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n12");
                LockSupport.parkNanos(random.nextInt(5_000_000));
                yield seen(client.send("34").read(), 0);
            }
            case 2 -> seen(client.get("/big?bytes=" + random.nextInt(1, 500_000)), 0);
            case 3 -> {
                LockSupport.parkNanos(random.nextInt(20_000_000));
                yield seen(client.get("/thread"), 0);
            }
            default -> {
                int increments = random.nextInt(1, Counting.INCREMENTS);
                yield seen(client.get("/count?increments=" + increments), increments);
            }
        };
    }

    private static Seen seen(Client.Answer answer, int increments) {
        if (answer.status() == 503) {
            return new Seen(1, 0, 0, 1);
        }
        assertThat(answer.status()).isEqualTo(200);
        return new Seen(1, increments == 0 ? 0 : 1, increments, 0);
    }
}
