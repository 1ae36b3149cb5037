package dev.treadle.launcher;

import dev.treadle.Workers;
import dev.treadle.launcher.host.HttpAddress;
import dev.treadle.launcher.host.StartFailedException;
import dev.treadle.stats.LimitStats;
import dev.treadle.stats.WorkerStats;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Reports the state of the workers on an address of its own, as uWSGI's stats server: {@code /}
 * answers JSON; {@code /-/ready} answers 200 while requests are to be sent to this server, and 503
 * from the first moment of a stop. It shares neither thread nor gate with the server that it
 * reports on.
 */
final class StatsServer implements AutoCloseable {
    private static final String TEXT = "text/plain";

    private final HttpAddress address;
    private final AtomicReference<@Nullable Workers> told;
    private final ProbeServer server;

    private StatsServer(
            HttpAddress address, AtomicReference<@Nullable Workers> told, ProbeServer server) {
        this.address = address;
        this.told = told;
        this.server = server;
    }

    /**
     * Starts it. Until it has workers it answers 503, because the server is still starting.
     *
     * @throws StartFailedException if it cannot listen there
     */
    static StatsServer start(HttpAddress address) {
        AtomicReference<@Nullable Workers> told = new AtomicReference<>();
        String host = address.host();
        InetSocketAddress socket =
                host == null
                        ? new InetSocketAddress(address.port())
                        : new InetSocketAddress(host, address.port());
        try {
            return new StatsServer(
                    address, told, ProbeServer.start(socket, path -> answer(path, told.get())));
        } catch (IOException taken) {
            throw new StartFailedException(
                    "--stats: "
                            + address
                            + " (expected: an address where nobody listens yet): "
                            + taken.getMessage(),
                    taken);
        }
    }

    String url() {
        return address.url("http", server.port());
    }

    /** From now on it reports these. */
    void tellOf(Workers workers) {
        told.set(workers);
    }

    private static ProbeServer.Answer answer(String path, @Nullable Workers workers) {
        if (workers == null) {
            return new ProbeServer.Answer("503 Service Unavailable", TEXT, "starting\n");
        }
        return switch (path) {
            case "/" -> new ProbeServer.Answer("200 OK", "application/json", json(workers.stats()));
            case "/-/ready" ->
                    workers.stats().ready()
                            ? new ProbeServer.Answer("200 OK", TEXT, "ready\n")
                            : new ProbeServer.Answer(
                                    "503 Service Unavailable", TEXT, "shutting down\n");
            default -> new ProbeServer.Answer("404 Not Found", TEXT, "/ or /-/ready\n");
        };
    }

    private static String json(WorkerStats stats) {
        StringJoiner limits = new StringJoiner(",", "[", "]");
        for (LimitStats limit : stats.limits()) {
            limits.add(
                    object("name", quoted(limit.name()))
                            .add(field("limit", limit.limit()))
                            .add(field("active", limit.active()))
                            .add(field("waiting", limit.waiting()))
                            .add(field("refused", limit.refused()))
                            .add(field("longestWaitingMillis", limit.longestWaiting().toMillis()))
                            .add(field("leftLine", limit.leftLine()))
                            .add(field("timeInLineMillis", limit.timeInLine().toMillis()))
                            .toString());
        }
        return object("model", quoted(stats.model().toString()))
                        .add(field("limit", stats.limit()))
                        .add(field("hubs", stats.hubs()))
                        .add(field("active", stats.active()))
                        .add(field("streams", stats.streams()))
                        .add(field("waiting", stats.waiting()))
                        .add(field("completed", stats.completed()))
                        .add(field("refused", stats.refused()))
                        .add(field("refusedLineFull", stats.refusedLineFull()))
                        .add(field("refusedLineTimeout", stats.refusedLineTimeout()))
                        .add(field("refusedDraining", stats.refusedDraining()))
                        .add(field("refusedByLimits", stats.refusedByLimits().total()))
                        .add(field("refusedStreams", stats.refusedStreams()))
                        .add(field("clientsGone", stats.clientsGone()))
                        .add(field("harakiris", stats.harakiris()))
                        .add(field("stuck", stats.stuck()))
                        .add(field("longestWaitingMillis", stats.longestWaiting().toMillis()))
                        .add(field("leftLine", stats.leftLine()))
                        .add(field("timeInLineMillis", stats.timeInLine().toMillis()))
                        .add(field("queueTimeMedianMillis", stats.queueTimes().median().toMillis()))
                        .add(field("queueTimeP95Millis", stats.queueTimes().p95().toMillis()))
                        .add(field("queueTimeP99Millis", stats.queueTimes().p99().toMillis()))
                        .add(field("queueTimeMaxMillis", stats.queueTimes().max().toMillis()))
                        .add(field("longestRunningMillis", stats.longestRunning().toMillis()))
                        .add(field("tasks", stats.tasks()))
                        .add(field("threads", stats.threads()))
                        .add(field("carriers", stats.carriers()))
                        .add(field("retakes", stats.retakes()))
                        .add(field("longSlices", stats.longSlices()))
                        .add(field("longestSliceMillis", stats.longestSlice().toMillis()))
                        .add(field("hubLagMillis", stats.hubLag().toMillis()))
                        .add("\"ready\":" + stats.ready())
                        .add(field("switches", stats.switches()))
                        .add(field("retiring", stats.retiring()))
                        .add("\"limits\":" + limits)
                + "\n";
    }

    private static StringJoiner object(String name, String value) {
        return new StringJoiner(",", "{", "}").add("\"" + name + "\":" + value);
    }

    private static String field(String name, long value) {
        return "\"" + name + "\":" + value;
    }

    /** Names of limits and models have no character that JSON would have to escape, but a quote. */
    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    @Override
    public void close() {
        server.close();
    }
}
