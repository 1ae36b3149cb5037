package dev.treadle.launcher;

import com.fasterxml.jackson.jr.ob.JSON;

import dev.treadle.Workers;
import dev.treadle.launcher.host.HttpAddress;
import dev.treadle.launcher.host.StartFailedException;
import dev.treadle.stats.WorkerStats;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
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
        try {
            return JSON.std.asString(stats.toMap()) + "\n";
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // it writes to a string
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
