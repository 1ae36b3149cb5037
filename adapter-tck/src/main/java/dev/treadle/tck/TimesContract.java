package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerModel;
import dev.treadle.stats.LimitStats;
import dev.treadle.stats.RecentTimes;
import dev.treadle.stats.RunStats;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The times inside are those of the requests. The application measures each from within, which is
 * never more, and the test from without, which is never less.
 */
@SameWithoutLoops
public interface TimesContract extends GateContract {
    /** What a percentile may be above the exact value. */
    double LARGEST_ERROR = 1.063;

    /** Times in nanoseconds, each between what was seen from within and from without. */
    record Measured(List<Long> within, List<Long> without) {
        Measured() {
            this(new ArrayList<>(), new ArrayList<>());
        }

        void isShownBy(RunStats run) {
            within.sort(null);
            without.sort(null);
            RecentTimes recent = run.recent();
            assertThat(run.ended()).isEqualTo(within.size());
            isBetween(run.totalTime(), sum(within), sum(without));
            isBetween(recent.mean(), sum(within) / within.size(), sum(without) / within.size());
            isBetween(recent.median(), ranked(within, 50), above(ranked(without, 50)));
            isBetween(recent.p95(), ranked(within, 95), above(ranked(without, 95)));
            isBetween(recent.p99(), ranked(within, 99), above(ranked(without, 99)));
            isBetween(recent.max(), within.getLast(), without.getLast());
        }

        private static void isBetween(Duration shown, long least, long most) {
            assertThat(shown.toNanos()).isBetween(least, most);
        }

        private static long ranked(List<Long> sorted, int percent) {
            return sorted.get((sorted.size() * percent + 99) / 100 - 1);
        }

        private static long above(long nanos) {
            return (long) (nanos * LARGEST_ERROR) + 1_000;
        }

        private static long sum(List<Long> nanos) {
            return nanos.stream().mapToLong(Long::longValue).sum();
        }
    }

    /** Sends one request and waits for its end; it sleeps for so long. */
    private static void measure(TckRun run, String path, int millis, Measured... all)
            throws Exception {
        Client client = run.connect();
        long start = System.nanoTime();
        assertThat(client.get(path + "/" + millis).text()).isEqualTo("slept");
        run.untilIdle();
        long without = System.nanoTime() - start;
        long within = Long.parseLong(run.probe().notes().getLast());
        assertThat(within).isGreaterThanOrEqualTo(Duration.ofMillis(millis).toNanos());
        for (Measured each : all) {
            each.within().add(within);
            each.without().add(without);
        }
    }

    @EachModel
    default void timesInsideAreThoseOfTheRequests(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 4)
                                .limit("/sleep/limited/*", 2, 0, Duration.ofSeconds(1))
                                .limit("/sleep/unused/*", 2, 0, Duration.ofSeconds(1))
                                .build());
        Measured gate = new Measured();
        Measured limit = new Measured();
        for (int millis : List.of(1, 2, 3, 5, 8, 13, 21, 34, 55, 89)) {
            measure(run, "/sleep/plain", millis, gate);
            measure(run, "/sleep/async", millis, gate);
            measure(run, "/sleep/limited", millis, gate, limit);
        }
        gate.isShownBy(run.workers().stats().gate().run());
        assertThat(run.workers().stats().gate().completed()).isEqualTo(gate.within().size());
        List<LimitStats> limits = run.workers().stats().limits();
        limit.isShownBy(limits.getFirst().run());
        assertThat(limits.getLast().run().ended()).isZero();
        assertThat(limits.getLast().run().recent().max()).isZero();
    }

    /** With one place the times inside cannot overlap: a wait in the queue is in none of them. */
    @EachModel
    default void timeInTheQueueIsNotTimeInside(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 1).queue(3).build());
        long start = System.nanoTime();
        List<CompletableFuture<Client.Answer>> answers = new ArrayList<>();
        answers.add(run.getLater("/hold"));
        run.untilInside(1);
        for (int i = 0; i < 3; i++) {
            answers.add(run.getLater("/sleep/plain/1"));
        }
        run.untilWaiting(3);
        run.until(
                "long in the queue",
                () ->
                        run.workers().stats().gate().queue().longestWaiting().toNanos()
                                > (System.nanoTime() - start) / 2);
        run.probe().letGo();
        for (CompletableFuture<Client.Answer> answer : answers) {
            assertThat(TckRun.result(answer).status()).isEqualTo(200);
        }
        run.untilIdle();
        long all = System.nanoTime() - start;
        RunStats stats = run.workers().stats().gate().run();
        assertThat(stats.ended()).isEqualTo(4);
        assertThat(stats.totalTime().toNanos()).isBetween(0L, all);
    }

    /** Applications see how long their request was in the queue. */
    @EachModel
    default void requestsKnowTheirTimeInTheQueue(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 1).queue(1).build());
        assertThat(run.connect().get("/queue-time").text()).as("at once").isEqualTo("null");
        run.untilIdle();
        CompletableFuture<Client.Answer> held = run.getLater("/hold");
        run.untilInside(1);
        CompletableFuture<Client.Answer> queued = run.getLater("/queue-time");
        run.untilWaiting(1);
        run.until(
                "some time in the queue",
                () -> run.workers().stats().gate().queue().longestWaiting().toMillis() >= 20);
        run.probe().letGo();
        assertThat(TckRun.result(held).status()).isEqualTo(200);
        Duration told = Duration.parse(TckRun.result(queued).text());
        run.untilIdle();
        assertThat(told)
                .isBetween(
                        Duration.ofMillis(20),
                        run.workers().stats().gate().queue().recent().max().plusSeconds(5));
    }

    /** A stream that is counted apart from N lasts as long as its client likes. */
    @EachModel
    default void openStreamsAreInNoTimeInside(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 2).streams(3).build());
        Client stream = run.connect().sendGet("/stream/async");
        run.untilStreams(1);
        Measured gate = new Measured();
        measure(run, "/sleep/plain", 1, gate);
        run.probe().letGo();
        assertThat(stream.readHead()).isEqualTo(200);
        byte[] buffer = new byte[100];
        while (stream.readBody(buffer, buffer.length) >= 0) {
            // until its end
        }
        run.untilStreams(0);
        assertThat(run.workers().stats().gate().completed()).isEqualTo(2);
        gate.isShownBy(run.workers().stats().gate().run());
    }
}
