package dev.treadle.bench.suite;

import dev.treadle.bench.report.Metric;
import dev.treadle.bench.report.Picture;
import dev.treadle.bench.report.Results;
import dev.treadle.bench.report.SvgChart;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** One question that is put to every contender. To add one, implement it and give it a command. */
public interface Benchmark {
    /** Returns the word on the command line, which also names the files. */
    String name();

    /** Returns what is measured, in half a line. */
    String title();

    /** Returns the metrics, in the order of the table's columns. */
    List<Metric> metrics();

    /** Returns the cases that each server is measured in. */
    List<String> variants();

    /** Returns the contenders if the user names none. */
    List<String> contenders();

    /** Returns the heap of the servers, the same for all, such as {@code 1g}. */
    String heap();

    /** Returns what a reader has to know of how it is measured, by name. */
    Map<String, String> circumstances();

    /**
     * Returns the N of a contender that has none written.
     *
     * @param contender to be run
     */
    int n(Contender contender);

    /**
     * Returns Treadle's settings that this load needs, for contenders of Treadle.
     *
     * @param contender to be run
     */
    default Map<String, String> workerSettings(Contender contender) {
        return Map.of();
    }

    /**
     * Measures one contender once: starts its server, loads it, stops it.
     *
     * @param entry who
     * @param workshop where processes come from
     * @param sink takes what was measured
     */
    void measure(Entry entry, Workshop workshop, Sink sink)
            throws IOException, InterruptedException;

    /**
     * Returns the pictures of what was measured.
     *
     * @param results of this benchmark
     * @param emphasised the contenders that stand out
     */
    default List<Picture> pictures(Results results, List<String> emphasised) {
        return List.of(new Picture("", SvgChart.of(results, emphasised)));
    }

    /** Takes what a benchmark measures. */
    interface Sink {
        /**
         * One case was measured.
         *
         * @param variant the case
         * @param values by the id of the metric
         * @param problem what went wrong; empty if nothing did
         */
        default void measured(String variant, Map<String, Double> values, String problem) {
            measured(variant, values, Map.of(), problem);
        }

        /**
         * One case was measured, over time.
         *
         * @param variant the case
         * @param values by the id of the metric
         * @param series by name, second by second
         * @param problem what went wrong; empty if nothing did
         */
        void measured(
                String variant,
                Map<String, Double> values,
                Map<String, List<Double>> series,
                String problem);

        /**
         * A reader of the results has to know something of that case.
         *
         * @param variant the case
         * @param note what
         */
        void noted(String variant, String note);

        /**
         * One case makes no sense for this contender.
         *
         * @param variant the case
         * @param reason why
         */
        void skipped(String variant, String reason);
    }
}
