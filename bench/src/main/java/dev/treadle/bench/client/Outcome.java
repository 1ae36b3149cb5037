package dev.treadle.bench.client;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

import java.util.Locale;

/** The outcome of the requests of one load. One object for each thread; not thread-safe. */
final class Outcome {
    private final Histogram micros = new Histogram(3);
    private long ok;
    private long failed;
    private @Nullable String firstProblem;

    void answered(int status, long latencyNanos) {
        if (status == 200) {
            ok++;
            micros.recordValue(Math.max(0, latencyNanos / 1_000));
        } else {
            failed("status " + status);
        }
    }

    void failed(String problem) {
        failed++;
        if (firstProblem == null) {
            firstProblem = problem;
        }
    }

    void failed(long count, String problem) {
        if (count > 0) {
            failed(problem);
            failed += count - 1;
        }
    }

    void add(Outcome other) {
        micros.add(other.micros);
        ok += other.ok;
        failed += other.failed;
        if (firstProblem == null) {
            firstProblem = other.firstProblem;
        }
    }

    long over() {
        return ok + failed;
    }

    /** Returns it as the words of one line; the problem, which may have blanks, is last. */
    String words() {
        return String.format(
                Locale.ROOT,
                "ok=%d failed=%d p50=%d p99=%d p999=%d max=%d problem=%s",
                ok,
                failed,
                micros.getValueAtPercentile(50),
                micros.getValueAtPercentile(99),
                micros.getValueAtPercentile(99.9),
                micros.getMaxValue(),
                firstProblem == null ? "" : firstProblem.replace('\n', ' '));
    }
}
