package dev.treadle.bench.client;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * The outcome of a crowd: in all, second by second, and phase by phase. A request counts in the
 * second of its planned time, an answer in the second it came in. Events after the last second are
 * in the sums, and count in the last phase. Not thread-safe.
 */
final class CrowdOutcome {
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;
    private static final int TOO_MANY = 429;

    /** A second, or a phase. */
    private static final class Span {
        private final Histogram micros = new Histogram(3);
        private long offered;
        private long refused;
        private long lost;
    }

    private final Arrivals arrivals;
    private final List<Span> seconds = new ArrayList<>();
    private final List<Span> phases = new ArrayList<>();
    // of everything, by user: from the first click on
    private final Histogram micros = new Histogram(3);
    // how late requests were sent
    private final Histogram lagMicros = new Histogram(3);
    private long users;
    private long reloads;
    private long unavailable;
    private long tooMany;
    private long other;
    private long failed;
    private long gaveUp;
    private @Nullable String firstProblem;

    CrowdOutcome(Arrivals arrivals) {
        this.arrivals = arrivals;
        long wholeSeconds = (arrivals.endNanos() + 999_999_999L) / 1_000_000_000L;
        for (long i = 0; i < wholeSeconds; i++) {
            seconds.add(new Span());
        }
        for (int i = 0; i < arrivals.phases(); i++) {
            phases.add(new Span());
        }
    }

    /** Returns where to count what happened then: the second, if there is one, and the phase. */
    private List<Span> at(long nanos) {
        Span phase = phases.get(arrivals.phaseAt(nanos));
        long second = nanos / 1_000_000_000L;
        return second < seconds.size() ? List.of(seconds.get((int) second), phase) : List.of(phase);
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
            case OK -> served(clickedNanos, nowNanos);
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

    private void served(long clickedNanos, long nowNanos) {
        long took = Math.max(0, (nowNanos - clickedNanos) / 1_000);
        micros.recordValue(took);
        at(nowNanos).forEach(span -> span.micros.recordValue(took));
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
        if (firstProblem == null) {
            firstProblem = problem;
        }
    }

    /** Returns it as the words of one line; the problem, which may have blanks, is last. */
    String words() {
        return numbers()
                + " offered="
                + series(seconds, span -> span.offered)
                + " served="
                + series(seconds, span -> span.micros.getTotalCount())
                + " refused="
                + series(seconds, span -> span.refused)
                + " lost="
                + series(seconds, span -> span.lost)
                + " second-p99="
                + series(seconds, span -> percentile(span.micros, 99))
                + " phase-p99="
                + series(phases, span -> percentile(span.micros, 99))
                + " problem="
                + (firstProblem == null ? "" : firstProblem.replace('\n', ' '));
    }

    private String numbers() {
        return String.format(
                Locale.ROOT,
                "users=%d requests=%d reloads=%d ok=%d unavailable=%d too-many=%d other=%d failed=%d"
                        + " gave-up=%d p50=%d p99=%d max=%d lag-p99=%d lag-max=%d",
                users,
                users + reloads,
                reloads,
                micros.getTotalCount(),
                unavailable,
                tooMany,
                other,
                failed,
                gaveUp,
                percentile(micros, 50),
                percentile(micros, 99),
                micros.getMaxValue(),
                percentile(lagMicros, 99),
                lagMicros.getMaxValue());
    }

    /** Returns -1 if there are no values. */
    private static long percentile(Histogram micros, double percentile) {
        return micros.getTotalCount() == 0 ? -1 : micros.getValueAtPercentile(percentile);
    }

    private static String series(List<Span> spans, ToLongFunction<Span> value) {
        return spans.stream()
                .map(span -> String.valueOf(value.applyAsLong(span)))
                .collect(Collectors.joining(",", "[", "]"));
    }
}
