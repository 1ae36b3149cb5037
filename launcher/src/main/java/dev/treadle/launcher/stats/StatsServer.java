package dev.treadle.launcher.stats;

import dev.treadle.Workers;
import dev.treadle.launcher.host.HttpAddress;
import dev.treadle.launcher.host.StartFailedException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Reports the state of the workers on an address of its own, as uWSGI's stats server, and changes
 * it where that is allowed. It shares neither thread nor gate with the server that it reports on.
 */
public final class StatsServer implements AutoCloseable {
    private final HttpAddress address;
    private final boolean control;
    private final AtomicReference<@Nullable StatsPages> pages;
    private final ProbeServer server;

    private StatsServer(
            StatsPlan plan, AtomicReference<@Nullable StatsPages> pages, ProbeServer server) {
        this.address = plan.address();
        // a browser cannot show the token
        this.control = plan.access().control() && plan.access().token() == null;
        this.pages = pages;
        this.server = server;
    }

    /**
     * Starts it. Until it has workers it answers 503, because the server is still starting.
     *
     * @throws StartFailedException if it cannot listen there
     */
    public static StatsServer start(StatsPlan plan) {
        HttpAddress address = plan.address();
        AtomicReference<@Nullable StatsPages> pages = new AtomicReference<>();
        String host = address.host();
        InetSocketAddress socket =
                host == null
                        ? new InetSocketAddress(address.port())
                        : new InetSocketAddress(host, address.port());
        try {
            return new StatsServer(
                    plan,
                    pages,
                    ProbeServer.start(
                            socket, request -> answer(plan.access(), request, pages.get())));
        } catch (IOException taken) {
            throw new StartFailedException(
                    "--stats: "
                            + address
                            + " (expected: an address where nobody listens yet): "
                            + taken.getMessage(),
                    taken);
        }
    }

    private static ProbeAnswer answer(
            StatsAccess access, ProbeRequest request, @Nullable StatsPages pages) {
        ProbeAnswer refusal = access.refusal(request);
        if (refusal != null) {
            return refusal;
        }
        return pages == null
                ? ProbeAnswer.text("503 Service Unavailable", "starting\n")
                : pages.answer(request);
    }

    /** Returns its address with the port that it has. */
    public String url() {
        return address.url("http", server.port());
    }

    /** From now on it reports these. */
    public void tellOf(Workers workers) {
        pages.set(new StatsPages(workers, control));
    }

    @Override
    public void close() {
        server.close();
        StatsPages told = pages.get();
        if (told != null) {
            told.close();
        }
    }
}
