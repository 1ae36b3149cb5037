package dev.treadle.bench.command;

import dev.treadle.bench.process.ServerProcess;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The cost of a request that waits for a slow third party on a socket. */
@Command(
        name = "upstream",
        sortOptions = false,
        header = "The cost of a request that waits for a slow third party. Needs wrk.")
@SuppressWarnings("NullAway.Init") // picocli fills in options
final class UpstreamBenchmark extends WrkBenchmark {
    @Option(
            names = "--connections",
            paramLabel = "N,...",
            split = ",",
            hideParamSyntax = true,
            defaultValue = "128,1000",
            description = "One case for each. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1", max = "20000")
    private List<Integer> connections;

    @Option(
            names = "--delay",
            paramLabel = "D",
            defaultValue = "10ms",
            description = "Of the third party. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1ms", max = "10s")
    private Duration delay;

    @Override
    List<Integer> connections() {
        return connections;
    }

    @Override
    String title() {
        return "a handler that asks a third party over a socket, which answers after "
                + delay.toMillis()
                + " ms";
    }

    @Override
    Description description() {
        Description description = super.description();
        description
                .circumstances()
                .put(
                        "third party",
                        "in the process of this command; its cost is not in the figures");
        return description;
    }

    @Override
    void measure(Entry entry, Workshop workshop, Sheet sheet)
            throws IOException, InterruptedException {
        try (Handler handler = Handler.upstream(delay);
                ServerProcess server = workshop.server(entry)) {
            measure(server, handler.path(), sheet);
        }
    }
}
