package dev.treadle.bench.command;

import dev.treadle.bench.process.ServerProcess;
import dev.treadle.bench.report.Metric;
import dev.treadle.bench.server.HostSetup;

import picocli.CommandLine.Command;

import java.io.IOException;

/** The cost of the gate: a server with it, and one without. */
@Command(
        name = "gate",
        sortOptions = false,
        header = "Cost of the gate: two servers loaded in turn, with it and without. Needs wrk.")
final class GateBenchmark extends PairBenchmark {
    private static final Metric WITH = Metric.shown("with_us", "CPU us/req", 2);
    private static final Metric WITHOUT = Metric.shown("without_us", "without the gate", 2);

    @Override
    String title() {
        return "a handler that answers 13 bytes at once, with the gate and without";
    }

    @Override
    Metric firstCost() {
        return WITH;
    }

    @Override
    Metric secondCost() {
        return WITHOUT;
    }

    @Override
    String reasonAgainst(Contender contender) {
        return contender.isTreadle() ? "" : contender.name() + " has no gate of Treadle's";
    }

    @Override
    ServerProcess first(Entry entry, Workshop workshop) throws IOException, InterruptedException {
        return workshop.server(entry);
    }

    @Override
    ServerProcess second(Entry entry, Workshop workshop) throws IOException, InterruptedException {
        Contender gateless =
                Contender.parse(entry.contender().name() + ":" + HostSetup.GATE + "=off");
        return workshop.server(new Entry(entry.container(), gateless));
    }
}
