package dev.treadle.bench.command;

import dev.treadle.bench.report.Overview;
import dev.treadle.bench.report.Picture;
import dev.treadle.bench.report.Results;
import dev.treadle.bench.report.Table;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** One question that is put to every contender, and its command. Its fields are its options. */
@SuppressWarnings("NullAway.Init") // picocli fills in options
abstract class Benchmark implements Callable<Integer> {
    @Spec private CommandSpec command;
    @Mixin private CommonOptions common;

    /** Returns the word on the command line, which also names the files. */
    final String name() {
        return command.name();
    }

    final CommonOptions common() {
        return common;
    }

    /** Returns how it measures. */
    abstract Description description();

    /** Returns the N of a contender that has none written. */
    abstract int n(Contender contender);

    /** Returns Treadle's settings that this load needs, for contenders of Treadle. */
    Map<String, String> workerSettings(Contender contender) {
        return Map.of();
    }

    /** Refuses what this machine cannot do, before anything starts. */
    void requirePossible() throws IOException {}

    /** Measures one contender once: starts its server, loads it, stops it. */
    abstract void measure(Entry entry, Workshop workshop, Sheet sheet)
            throws IOException, InterruptedException;

    /** Returns the pictures of what was measured. */
    List<Picture> pictures(Results results) {
        return List.of();
    }

    /** Returns the columns of one table over all cases; none: there is no such table. */
    List<Overview.Column> overview() {
        return List.of();
    }

    /** Frees what the servers of a run have shared. */
    void end() throws IOException {}

    /** Measures, prints and writes. Returns the exit code: 1 if something went wrong. */
    @Override
    public final Integer call() throws IOException, InterruptedException {
        try {
            return measure();
        } finally {
            end(); // after the results are written: a failure here loses none
        }
    }

    private int measure() throws IOException, InterruptedException {
        Texts.requireInRange(command);
        requirePossible();
        Campaign campaign = new Campaign(this, System.err);
        ResultFiles files = common.files();
        Results results = campaign.run();
        Set<String> treadles =
                campaign.contenders().stream()
                        .filter(Contender::isTreadle)
                        .map(Contender::name)
                        .collect(Collectors.toSet());
        Table.print(results, treadles, common.peers(), System.out);
        if (!overview().isEmpty()) {
            Overview.print(results, overview(), System.out);
        }
        files.write(results, pictures(results));
        return results.problems().isEmpty() ? 0 : 1;
    }
}
