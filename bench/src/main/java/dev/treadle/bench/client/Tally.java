package dev.treadle.bench.client;

import org.HdrHistogram.Histogram;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Counts what happens to a crowd: in all, second by second, and phase by phase. */
final class Tally {
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;
    private static final int TOO_MANY = 429;

    /** Everything, a second, or a phase. */
    private static final class Span {
        private final Histogram micros = new Histogram(3);
        private long offered;
        private long refused;
        private long lost;

        private CrowdResult.Span result() {
            return new CrowdResult.Span(
                    offered, micros.getTotalCount(), refused, lost, latency(micros));
        }
    }

    private final List<Phase> plan;
    private final Span all = new Span();
    private final List<Span> seconds;
    private final List<Span> phases;
    private final Histogram lagMicros = new Histogram(3);
    private long users;
    private long reloads;
    private long unavailable;
    private long tooMany;
    private long other;
    private long failed;
    private long gaveUp;
    private String firstProblem = "";

    Tally(List<Phase> plan) {
        this.plan = plan;
        long millis = plan.stream().mapToLong(Phase::millis).sum();
        seconds = Stream.generate(Span::new).limit((millis + 999) / 1_000).toList();
        phases = Stream.generate(Span::new).limit(plan.size()).toList();
    }

    /** Returns where to count what happened then. */
    private List<Span> at(long nanos) {
        List<Span> spans = new ArrayList<>(List.of(all, phases.get(Phase.indexAt(plan, nanos))));
        long second = nanos / 1_000_000_000L;
        if (second < seconds.size()) {
            spans.add(seconds.get((int) second));
        }
        return spans;
    }

    void came() {
        users++;
    }

    void reloaded() {
        reloads++;
    }

    /** A request was to be sent at {@code intendedNanos}, and was sent then or later. */
    void offered(long intendedNanos, long sentNanos) {
        at(intendedNanos).forEach(span -> span.offered++);
        lagMicros.recordValue(Math.max(0, (sentNanos - intendedNanos) / 1_000));
    }

    /** A user who came at {@code clickedNanos} has an answer. */
    void answered(int status, long clickedNanos, long nowNanos) {
        switch (status) {
            case OK -> {
                long took = Math.max(0, (nowNanos - clickedNanos) / 1_000);
                at(nowNanos).forEach(span -> span.micros.recordValue(took));
            }
            case UNAVAILABLE -> {
                unavailable++;
                at(nowNanos).forEach(span -> span.refused++);
            }
            case TOO_MANY -> {
                tooMany++;
                at(nowNanos).forEach(span -> span.refused++);
            }
            default -> {
                other++;
                lost(nowNanos, "status " + status);
            }
        }
    }

    /** A connection broke, or could not be opened. */
    void failed(long nowNanos, String problem) {
        failed++;
        lost(nowNanos, problem);
    }

    /** A user has waited and reloaded, and does not any more. */
    void gaveUp(long nowNanos) {
        gaveUp++;
        at(nowNanos).forEach(span -> span.lost++);
    }

    private void lost(long nowNanos, String problem) {
        at(nowNanos).forEach(span -> span.lost++);
        if (firstProblem.isEmpty()) {
            firstProblem = problem;
        }
    }

    CrowdResult result() {
        return new CrowdResult(
                users,
                reloads,
                all.micros.getTotalCount(),
                unavailable,
                tooMany,
                other,
                failed,
                gaveUp,
                latency(all.micros),
                latency(lagMicros),
                seconds.stream().map(Span::result).toList(),
                phases.stream().map(Span::result).toList(),
                firstProblem);
    }

    private static CrowdResult.Latency latency(Histogram micros) {
        if (micros.getTotalCount() == 0) {
            return new CrowdResult.Latency(-1, -1, -1, -1);
        }
        return new CrowdResult.Latency(
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(99) / 1e3,
                micros.getValueAtPercentile(99.9) / 1e3,
                micros.getMaxValue() / 1e3);
    }
}
