package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.OperatingSystemMXBean;

import dev.treadle.Workers;
import dev.treadle.gate.Gate;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;
import dev.treadle.stats.WorkerStats;

import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ConditionTimeoutException;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * One server with its workers, for the time of one test. Its end stops everything as users do and
 * then asserts what must hold after every test: no lost request, no leaked permit, thread or
 * descriptor, no unexpected warning.
 */
public final class TckRun {
    /** How a container's server is made. */
    @FunctionalInterface
    interface ServerFactory {
        TckServer server(Workers workers, TckApplication application) throws Exception;
    }

    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final AtomicInteger CLIENTS = new AtomicInteger();

    private final Set<String> threadsBefore = Resources.threads();
    private final List<String> descriptorsBefore = Resources.descriptors();
    private final Warnings warnings = new Warnings();
    private final TckApplication application;
    private final List<AutoCloseable> clients = new ArrayList<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final Protocol protocol;
    private final SharedConnections shared = new SharedConnections(this);
    private final Workers workers;
    private final TckServer server;

    TckRun(ServerFactory factory, WorkerSettings settings, Protocol protocol, String contextPath)
            throws Exception {
        this.protocol = protocol;
        application = new TckApplication(contextPath);
        workers = Workers.open(settings);
        boolean started = false;
        try {
            server = factory.server(workers, application);
            server.start();
            started = true;
        } finally {
            if (!started) {
                workers.close();
                warnings.close();
            }
        }
    }

    /** Returns the workers of the server. */
    public Workers workers() {
        return workers;
    }

    /** Returns the gate of the server. */
    public Gate gate() {
        return ServerWorkers.of(workers).gate();
    }

    /** Returns what clients speak in this run. */
    public Protocol protocol() {
        return protocol;
    }

    /** Returns the view into the application. */
    public Probe probe() {
        return application.probe();
    }

    /** Returns the server. */
    public TckServer server() {
        return server;
    }

    /**
     * Says that log records of WARNING or above that contain a match of {@code regex} are expected.
     */
    public void expectWarning(String regex) {
        warnings.expect(regex);
    }

    /** Returns the log records of WARNING or above so far. */
    public List<String> warnings() {
        return warnings.all();
    }

    /** Opens a connection, which is closed with this run. */
    public Client connect() throws IOException {
        return kept(protocol.connect(server.port()));
    }

    /**
     * Opens a connection with small buffers, which takes few bytes of an unread answer. It is
     * closed with this run.
     */
    public Client connectSlowly() throws IOException {
        return kept(protocol.connectSlowly(server.port()));
    }

    /** Opens a connection of HTTP/1.1 without TLS, which is closed with this run. */
    public RawClient connectRaw() throws IOException {
        return kept(new RawClient(server.port()));
    }

    /** Opens a connection of HTTP/2, over TLS or not as the run is, which is closed with it. */
    public Http2Connection connectHttp2() throws IOException {
        return kept(Http2Connection.open(server.port(), protocol.isTls()));
    }

    /**
     * Opens such a connection, to which the server may send few bytes of each answer that the test
     * has not read: {@link Http2Connection#SMALL_WINDOW}.
     */
    Http2Connection connectHttp2Slowly() throws IOException {
        return kept(
                Http2Connection.open(
                        server.port(), protocol.isTls(), Http2Connection.SMALL_WINDOW));
    }

    /** Opens such a connection that can stop reading: {@link Http2Connection#pause}. */
    Http2Connection connectHttp2ToPause() throws IOException {
        return kept(Http2Connection.openToPause(server.port(), protocol.isTls()));
    }

    private synchronized <C extends AutoCloseable> C kept(C client) {
        clients.add(client);
        return client;
    }

    /**
     * Opens a client on a connection that it shares with others, where the protocol can do that, or
     * on one that ends with it.
     */
    Client share() throws IOException {
        return protocol.isHttp2() ? shared.client() : new RawClient(server.port());
    }

    /** Sends a GET from such a client, on a connection that has room for it. */
    Client share(String path) throws IOException {
        return protocol.isHttp2() ? shared.get(path) : share().sendGet(path);
    }

    /**
     * Sends a GET from a thread of its own: on a connection of its own, or as a stream of a
     * connection that all of these share, as far as the server allows.
     */
    public CompletableFuture<Client.Answer> getLater(String path) {
        return later(() -> {
            try (Client client = share(path)) {
                return client.read();
            }
        });
    }

    /** Runs {@code action} in a thread of its own. */
    public <T> CompletableFuture<T> later(Callable<T> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .name("tck-client-" + CLIENTS.incrementAndGet())
                .start(() -> {
                    try {
                        result.complete(action.call());
                    } catch (Throwable thrown) {
                        failures.add(Thread.currentThread().getName() + ": " + thrown);
                        result.completeExceptionally(thrown);
                    }
                });
        return result;
    }

    /**
     * Waits for the condition; fails with {@code what} if it does not come true, and then tells the
     * state of the server.
     */
    public void until(String what, Callable<Boolean> condition) {
        within(what, condition, this::state);
    }

    /** The state is asked for once, at the end: it may cost much more than the condition. */
    private static void within(String what, Callable<Boolean> condition, Supplier<String> state) {
        try {
            patiently(what).until(condition);
        } catch (ConditionTimeoutException timeout) {
            throw new AssertionError(
                    what + ": not within " + LONGEST + "; " + state.get(), timeout);
        }
    }

    /** Asks at once and often: most conditions hold already, and there are thousands of tests. */
    private static ConditionFactory patiently(String what) {
        return await(what)
                .atMost(LONGEST)
                .pollInterval(Duration.ofMillis(2))
                .pollDelay(Duration.ZERO);
    }

    /** Details for the message of a test that fails only now and then. */
    private String state() {
        return "%d inside the application, clients that failed: %s, warnings: %s, %s%nthreads:%n%s"
                .formatted(
                        probe().inside(),
                        failures,
                        warnings.all(),
                        workers.stats(),
                        Resources.stacks());
    }

    /** Waits until so many requests are held inside the application. */
    public void untilInside(int count) {
        until(count + " requests inside the application", () -> probe().inside() == count);
    }

    /** Waits until so many requests wait in the queue. */
    public void untilWaiting(int count) {
        until(count + " requests in the queue", () -> gate().waiting() == count);
    }

    /** Waits until the application has noted an event. */
    public void untilNoted(String event) {
        until("the application notes: " + event, () -> probe().notes().contains(event));
    }

    /** Waits until so many event streams are open that are counted apart from N. */
    void untilStreams(int count) {
        until(count + " event streams", () -> gate().streams() == count);
    }

    /**
     * Waits for a tenth of a second in which the process uses less than a quarter of a core. The
     * hubs' watch, compilers and collectors are the rest; a thread that asks again and again uses a
     * whole one.
     */
    void untilNoCpuIsUsed() {
        until(
                "little CPU is used",
                () -> {
                    long before = cpuNanos();
                    long start = System.nanoTime();
                    Thread.sleep(100);
                    return cpuNanos() - before < (System.nanoTime() - start) / 4;
                });
    }

    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    /** Waits until no request is inside or in the queue. */
    public void untilIdle() {
        until("gate empty", () -> gate().active() == 0 && gate().waiting() == 0);
    }

    /** Waits for the answer and returns it. */
    static <T> T result(CompletableFuture<T> future) throws Exception {
        try {
            return future.orTimeout(LONGEST.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw failed;
        }
    }

    /** Stops the server as its users do, in their order: the container, then the workers. */
    public void shutDown() throws Exception {
        server.stop();
        workers.close();
        server.destroy();
    }

    /** A use of one connection. */
    @FunctionalInterface
    interface Exercise {
        void on(Client client) throws IOException;
    }

    /** Uses the server once and ends it, asserting nothing. */
    void warmUp(Exercise exercise) throws Exception {
        try (Client client = protocol.connectSlowly(server.port())) {
            exercise.on(client);
        } finally {
            shutDown();
            warnings.close();
        }
    }

    /** Ends the run and asserts what must hold after every test. */
    void end() throws Exception {
        try {
            probe().letGo();
            patiently("threads of the application's own end")
                    .until(AsyncServlets::isNobodyElsewhere);
            for (AutoCloseable client : clients) {
                client.close();
            }
            shared.close();
            shutDown();
            assertInvariants();
        } finally {
            warnings.close();
        }
    }

    private void assertInvariants() {
        WorkerStats stats = workers.stats();
        assertThat(stats.gate().active()).as("permits leaked").isZero();
        assertThat(stats.gate().streams()).as("permits of event streams leaked").isZero();
        assertThat(stats.gate().queue().waiting()).as("requests left in the queue").isZero();
        assertThat(stats.engine().tasks()).as("tasks left in the engine").isZero();
        assertThat(gate().requests()).as("requests still listed as running").isEmpty();
        within(
                "no thread is left",
                () -> threadsBefore.containsAll(Resources.threads()),
                () -> {
                    Set<String> left = Resources.threads();
                    left.removeAll(threadsBefore);
                    return left + Resources.stacks();
                });
        within(
                "no descriptor is left",
                () -> Resources.descriptors().size() <= descriptorsBefore.size(),
                () -> {
                    List<String> left = Resources.descriptors();
                    return left.size()
                            + ", before the test "
                            + descriptorsBefore.size()
                            + ":\n"
                            + Resources.describe(left);
                });
        assertThat(warnings.unexpected()).as("unexpected warnings").isEmpty();
    }
}
