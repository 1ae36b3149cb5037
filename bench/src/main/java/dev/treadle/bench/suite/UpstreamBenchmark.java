package dev.treadle.bench.suite;

import dev.treadle.bench.process.ServerProcess;
import dev.treadle.bench.process.SlowPartyProcess;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The cost of a request that waits for a slow third party on a socket. */
public final class UpstreamBenchmark extends WrkBenchmark {
    private final Duration delay;

    /**
     * @param delay of the third party
     */
    public UpstreamBenchmark(WrkLoad load, Duration delay) {
        super(load);
        this.delay = delay;
    }

    @Override
    public String name() {
        return "upstream";
    }

    @Override
    public String title() {
        return "a handler that asks a third party over a socket, which answers after "
                + delay.toMillis()
                + " ms";
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
    public Map<String, String> circumstances() {
        Map<String, String> facts = super.circumstances();
        facts.put("third party", "one process, one thread; its cost is not in the figures");
        return facts;
    }

    @Override
    public void measure(Entry entry, Workshop workshop, Sink sink)
            throws IOException, InterruptedException {
        try (SlowPartyProcess party = workshop.slowParty();
                ServerProcess server = workshop.server(entry)) {
            String path = "/upstream?port=%d&ms=%d".formatted(party.port(), delay.toMillis());
            measure(server, path, sink);
        }
    }
}
