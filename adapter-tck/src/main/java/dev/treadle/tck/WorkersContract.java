package dev.treadle.tck;

import static org.awaitility.Awaitility.await;

import dev.treadle.Setting;
import dev.treadle.WorkerModel;
import dev.treadle.WorkerSettings;
import dev.treadle.Workers;

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
 * What every adapter must do, the same on every container and for every worker model. Subclass it
 * in the adapter's tests: the only thing to say is how a server is made. The parts are interfaces,
 * one for each side of the contract.
 *
 * <p>Logging of the container must end in java.util.logging, where unexpected warnings are looked
 * for, and the JVM must be started with {@code --add-opens java.base/java.lang=ALL-UNNAMED}.
 */
public abstract class WorkersContract
        implements GateContract,
                PermitContract,
                AsyncContract,
                HttpContract,
                LifecycleContract,
                GeventContract,
                HubContract,
                ChildContract,
                OverloadContract,
                HarakiriContract,
                SwitchContract,
                DrainContract,
                AbortContract {
    private static final List<Class<?>> WARMED_UP = new ArrayList<>();

    private @Nullable TckRun run;

    /** For subclasses. */
    protected WorkersContract() {}

    /**
     * Makes a server of the container under test, not started, with {@code workers} installed
     * through the adapter and {@code application} deployed at the root context with its error
     * pages, its WebSocket endpoint, sessions, and asynchronous support. It MUST listen on
     * 127.0.0.1 and a free port. It MUST NOT set what the adapter is to set.
     */
    protected abstract TckServer newServer(Workers workers, TckApplication application)
            throws Exception;

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
    public final TckRun start(WorkerSettings settings) throws Exception {
        TckRun started = new TckRun(this::newServer, adapted(settings));
        run = started;
        faultsOfTheContainer().forEach(started::expectWarning);
        // a slow machine makes any slice long; tests that are about long slices look at the figures
        started.expectWarning("has run for \\d+ ms without giving way");
        return started;
    }

    private WorkerSettings adapted(WorkerSettings settings) {
        boolean off =
                settings.model() == WorkerModel.GEVENT
                        && !settings.sources().containsKey(Setting.HUB_LOOP)
                        && getClass().isAnnotationPresent(HubLoopOff.class);
        return off
                ? settings.changed("contract", Map.of(Setting.HUB_LOOP.word(), "off"))
                : settings;
    }

    /**
     * What is made once in the life of a JVM (pollers, timers, class loading) is made before
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
            new TckRun(this::newServer, adapted(settings)).warmUp(WorkersContract::exercise);
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

    private static void exercise(RawClient client) throws IOException {
        client.get("/hello");
        client.send("POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n12");
        client.send("34").read();
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
