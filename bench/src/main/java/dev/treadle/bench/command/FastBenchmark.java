package dev.treadle.bench.command;

import dev.treadle.bench.process.ServerProcess;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.List;

/** The cost of a request that does nothing: the overhead of the server around it. */
@Command(
        name = "fast",
        sortOptions = false,
        header = "The cost of a request that does nothing. Needs wrk.")
@SuppressWarnings("NullAway.Init") // picocli fills in options
final class FastBenchmark extends WrkBenchmark {
    @Option(
            names = "--connections",
            paramLabel = "N,...",
            split = ",",
            hideParamSyntax = true,
            defaultValue = "64,256",
            description = "One case for each. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1", max = "20000")
    private List<Integer> connections;

    @Override
    List<Integer> connections() {
        return connections;
    }

    @Override
    String title() {
        return "a handler that answers 13 bytes at once";
    }

    @Override
    void measure(Entry entry, Workshop workshop, Sheet sheet)
            throws IOException, InterruptedException {
        try (ServerProcess server = workshop.server(entry)) {
            measure(server, "/fast", sheet);
        }
    }
}
