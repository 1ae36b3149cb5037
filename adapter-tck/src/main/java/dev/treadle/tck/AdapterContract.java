package dev.treadle.tck;

import static org.awaitility.Awaitility.await;

import dev.treadle.Workers;
import dev.treadle.settings.Setting;
import dev.treadle.settings.WorkerModel;
import dev.treadle.settings.WorkerSettings;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;

/**
 * The common part of all tests of the contract: making, starting and stopping a server, and the
 * assertions after each test. An adapter subclasses {@link WorkersContract} and {@link
 * Http2WorkersContract}.
 *
 * <p>Logging of the container must end in java.util.logging, where unexpected warnings are looked
 * for, and the JVM must be started with {@code --add-opens java.base/java.lang=ALL-UNNAMED}.
 */
public abstract class AdapterContract implements GateContract {
    private static final List<Class<?>> WARMED_UP = new ArrayList<>();

    private @Nullable TckRun run;

    /** For subclasses. */
    protected AdapterContract() {}

    /**
     * Makes a server of the container under test, not started, with {@code workers} installed
     * through the adapter and {@code application} deployed at its context path with its error
     * pages, its WebSocket endpoint, sessions, and asynchronous support. It MUST listen on
     * 127.0.0.1 and a free port, and speak {@link #protocol()} there: HTTP/1.1 always, and HTTP/2
     * by prior knowledge, or over TLS by ALPN with the certificate of {@link Tls}. It MUST NOT set
     * what the adapter is to set.
     */
    protected abstract TckServer newServer(Workers workers, TckApplication application)
            throws Exception;

    /** Returns what clients speak in the tests of this class: the value of {@link Over}. */
    protected final Protocol protocol() {
        Over over = getClass().getAnnotation(Over.class);
        return over == null ? Protocol.HTTP_1_1 : over.value();
    }

    /**
     * Returns regular expressions of warnings that the container logs for a fault of its own, which
     * no adapter can mend. Each needs a comment that says which. Default: none.
     */
    protected List<String> faultsOfTheContainer() {
        return List.of();
    }

    /** Returns what this container cannot do. Default: nothing. */
    @Override
    public Set<Gap> gaps() {
        return Set.of();
    }

    @Override
    public final TckRun start(WorkerSettings settings, String contextPath) throws Exception {
        TckRun started = new TckRun(this::newServer, adapted(settings), protocol(), contextPath);
        run = started;
        faultsOfTheContainer().forEach(started::expectWarning);
        // a slow machine makes any slice long; tests that are about long slices look at the figures
        started.expectWarning("has run for \\d+ ms without giving way");
        return started;
    }

    private WorkerSettings adapted(WorkerSettings settings) {
        if (settings.model() != WorkerModel.GEVENT) {
            return settings;
        }
        if (getClass().isAnnotationPresent(HubSocketsOn.class)) {
            return settings.changed("contract", Map.of(Setting.HUB_SOCKETS.word(), "on"));
        }
        boolean off =
                !settings.sources().containsKey(Setting.HUB_LOOP)
                        && getClass().isAnnotationPresent(HubLoopOff.class);
        return off
                ? settings.changed("contract", Map.of(Setting.HUB_LOOP.word(), "off"))
                : settings;
    }

    /**
     * Runs all work that happens once in the life of a JVM (pollers, timers, class loading) before
     * anything is counted.
     */
    @BeforeEach
    final void warmUp() throws Exception {
        synchronized (WARMED_UP) {
            if (WARMED_UP.contains(getClass())) {
                return;
            }
            WARMED_UP.add(getClass());
        }
        startPollers();
        for (WorkerModel model : WorkerModel.values()) {
            WorkerSettings settings = GateContract.settings(model, 4).build();
            new TckRun(this::newServer, adapted(settings), protocol(), "")
                    .warmUp(AdapterContract::exercise);
        }
    }

    /**
     * The JDK opens the pollers of its virtual threads when the first of these really blocks on a
     * socket.
     */
    private static void startPollers() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            FutureTask<Void> accepting =
                    new FutureTask<>(() -> {
                        server.accept().close();
                        return null;
                    });
            Thread blocked = Thread.ofVirtual().start(accepting);
            await("blocked in accept").until(() -> blocked.getState() == Thread.State.WAITING);
            new Socket(server.getInetAddress(), server.getLocalPort()).close();
            accepting.get();
        }
    }

    private static void exercise(Client client) throws IOException {
        client.get("/hello");
        client.sendPost("/upload", 4).sendBody("12").sendBody("34").read();
        client.get("/big?bytes=300000");
        client.get("/async/timeout-handled");
    }

    /** Ends the server of the test and asserts the invariants, also after a failed test. */
    @AfterEach
    final void endOfRun() throws Exception {
        TckRun ended = run;
        run = null;
        if (ended != null) {
            ended.end();
        }
    }
}
