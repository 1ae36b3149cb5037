package dev.treadle.bench.suite;

import dev.treadle.bench.process.ServerProcess;

import java.io.IOException;
import java.util.List;

/** The cost of a request that does nothing: the overhead of the server around it. */
public final class FastBenchmark extends WrkBenchmark {
    /** A benchmark with that load. */
    public FastBenchmark(WrkLoad load) {
        super(load);
    }

    @Override
    public String name() {
        return "fast";
    }

    @Override
    public String title() {
        return "a handler that answers 13 bytes at once";
    }

    @Override
    public List<String> contenders() {
        return List.of(
                "gevent",
                "threads",
                "virtual",
                "pool",
                "own-virtual",
                "own-virtual-pool",
                "helidon");
    }

    @Override
    public void measure(Entry entry, Workshop workshop, Sink sink)
            throws IOException, InterruptedException {
        try (ServerProcess server = workshop.server(entry)) {
            measure(server, "/fast", sink);
        }
    }
}
