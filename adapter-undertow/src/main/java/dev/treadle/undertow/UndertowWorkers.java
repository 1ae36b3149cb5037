package dev.treadle.undertow;

import static java.util.Objects.requireNonNull;

import dev.treadle.Installation;
import dev.treadle.Workers;
import dev.treadle.settings.Setting;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.Version;
import io.undertow.server.HttpHandler;

import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;

/**
 * Installs workers in Undertow 2.3, as the last thing before the server is built:
 *
 * <pre>{@code
 * Workers workers = Workers.open(WorkerSettings.gevent(1000));
 * Undertow.Builder builder = Undertow.builder().addHttpListener(8080, "127.0.0.1");
 * UndertowWorkers.install(builder, root, workers);
 * Undertow undertow = builder.build();
 * undertow.start();
 * ...
 * undertow.stop();
 * workers.close();
 * deploymentManager.undeploy();
 * }</pre>
 *
 * <p>From then on all of {@code root} runs on the workers, be it a deployment of servlets or a
 * plain {@link HttpHandler}. Handlers that Undertow would run on an I/O thread run on a worker too,
 * and so do all tasks that Undertow gives to its XNIO worker (asynchronous dispatches and timeouts,
 * WebSocket frames, session expiry). Requests are admitted or refused on the I/O thread, before a
 * worker is taken. A request that waits in the queue holds no thread.
 *
 * <p><b>Context paths</b>: the path patterns of the settings are compared with the path inside a
 * deployment, too. Undertow reports each deployment whose class loader sees this adapter ({@link
 * DeploymentExtension}); a handler that serves an application without a deployment has no context
 * path.
 *
 * <p><b>Settings of the builder</b>: the installation sets the XNIO worker, made as Undertow itself
 * would from the builder's I/O threads and worker options; a byte buffer pool with the builder's
 * buffer size; the accept backlog, from {@link dev.treadle.settings.WorkerSettings#listen}; for
 * HTTP/2 what is said below; and the root handler. With a later {@code setHandler} or {@code
 * setWorker}, or a listener with a handler of its own, requests would bypass the gate. An executor
 * of a deployment ({@code DeploymentInfo.setExecutor}, {@code setAsyncExecutor}, {@code
 * ServletInfo.setExecutor}) takes them off the workers: set none. Its {@code
 * WebSocketDeploymentInfo} is to get {@link Undertow#getWorker()}, which is there as soon as the
 * server is built, and {@code setDispatchToWorkerThread(true)}: without it Undertow calls endpoints
 * on I/O threads, where a blocking endpoint holds up every connection of its thread.
 *
 * <p><b>Waiting for a slow client</b>: a thread that reads a body or writes an answer parks, on
 * every JDK, and the connection's I/O thread wakes it; it holds no carrier and no descriptor. I/O
 * that bypasses the exchange's own streams still blocks in XNIO and Undertow. On virtual threads of
 * JDK 21 to 23 that holds the carrier, and so the hub. This concerns WebSocket messages that are
 * sent blocking to a slow reader, channels taken over with {@code
 * HttpServerExchange.upgradeChannel}, a {@code 100 Continue} that finds the connection full, and
 * the second of two threads that wait for the same stream.
 *
 * <p><b>The rest of a body</b>: a request gives its place back when its response is complete and
 * its handler has returned, also if the client has not sent all of its body. Undertow then reads
 * and drops what comes for 5 s, without a thread; a connection whose client has not sent all by
 * then is closed, a stream is reset with NO_ERROR.
 *
 * <p><b>HTTP/2</b>: each stream is a request, and with several hubs goes to the emptiest one. The
 * hubs have threads of their own. SETTINGS_MAX_CONCURRENT_STREAMS is N and the queue together, at
 * most 1,000, or less if the builder says so ({@code HTTP2_SETTINGS_MAX_CONCURRENT_STREAMS}); it is
 * that of the settings at the install, and stays so after a switch. The window of each connection
 * is as large as the protocol allows, so that bodies of streams in the queue do not stop those
 * inside. The windows of the streams bound the unread data, and so does {@code
 * MAX_QUEUED_READ_BUFFERS}: the value of the builder, or else twice the number that those windows
 * can fill. A stop sends GOAWAY without an error to each connection that has brought a request, and
 * goes on with what is inside. With an {@code Http2UpgradeHandler} within {@code root}, streams
 * would bypass the gate: enable HTTP/2 on the builder instead.
 *
 * <p><b>Stop</b>: Undertow has no events for its life, so the order is the host's. {@code
 * undertow.stop()} closes the listening sockets and nothing else: requests inside go on, and
 * connections kept alive may bring more. {@code workers.close()} then refuses new ones, waits for
 * those inside for as long as {@link dev.treadle.settings.WorkerSettings#drain} says, and shuts
 * down the XNIO worker, which closes every connection that is left. Undeploy after that. Calling
 * {@code undertow.start()} again after {@code undertow.stop()} works as long as the workers are not
 * closed; after a {@link Workers#drain} call {@link Workers#resume} before it.
 *
 * @since 0.2.0
 */
public final class UndertowWorkers {
    private static final Logger LOG = System.getLogger("dev.treadle.undertow");

    private UndertowWorkers() {}

    /**
     * Installs workers in front of {@code root}.
     *
     * @param builder the builder, with everything set but the handler
     * @param root the handler of all requests
     * @param workers the workers that run the requests; closing them frees the resources of this
     *     installation
     * @throws IllegalStateException if the workers are installed already, or closed, or if this
     *     version of Undertow or XNIO is not one this adapter knows
     * @throws IllegalArgumentException if the builder has a worker, a byte buffer pool or a
     *     listener with a handler of its own
     */
    public static Installation install(
            Undertow.Builder builder, HttpHandler root, Workers workers) {
        return install(new UndertowSetup(builder, root), workers);
    }

    /**
     * Installs workers in front of the root handler of {@code setup}.
     *
     * @see #install(Undertow.Builder, HttpHandler, Workers)
     */
    public static Installation install(UndertowSetup setup, Workers workers) {
        requireNonNull(setup, "setup");
        UndertowGate gate = prepare(setup.builder(), workers);
        setup.builder().setHandler(gate.wrap(setup.root()));
        return gate.installation();
    }

    /**
     * Sets up a builder whose root handler is made later, or by other code, as in Spring Boot. The
     * caller must then put the returned gate in front of all handlers that are to run on the
     * workers. Only handlers that may run on an I/O thread can be in front of the gate.
     *
     * @throws IllegalStateException as {@link #install(Undertow.Builder, HttpHandler, Workers)}
     * @throws IllegalArgumentException if the builder has a worker, a byte buffer pool or a
     *     listener with a handler of its own
     */
    public static UndertowGate prepare(Undertow.Builder builder, Workers workers) {
        requireNonNull(builder, "builder");
        ServerWorkers forServer = ServerWorkers.of(requireNonNull(workers, "workers"));
        requireNoReusePort(workers.settings());
        Installation installation =
                new Installation("Undertow", Version.getVersionString(), workers);
        BuilderView view = BuilderView.of(builder);
        Xnio xnio = Xnio.getInstance(Undertow.class.getClassLoader());
        ThreadExit threadExit = ThreadExit.of(xnio);
        SourceChannels sourceChannels = SourceChannels.find();

        forServer.installed(installation.container() + " " + installation.version());
        WorkerTasks executor = new WorkerTasks(forServer.executor(), threadExit);
        Executor spreading = executor.spreading(forServer.spreadExecutor());
        ApplicationPaths.follow(forServer);
        Http2Streams http2 = new Http2Streams();
        forServer.onStop(http2::goAway);
        XnioWorker xnioWorker = newWorker(xnio, view.ioThreadsFor(forServer), executor);
        HubCarriers carriers = new HubCarriers(forServer.gate());
        SharedBufferPool buffers =
                SharedBufferPool.forRequests(
                        workers.settings().limit(), view.directBuffers(), view.bufferSize());
        setUp(builder, view, buffers, new XnioWorkerEnd(xnioWorker, carriers::isHeld), forServer);
        carriers.start(xnioWorker, forServer, view.http2());
        forServer.closeWithThese(carriers); // last in, first out: before the I/O threads end
        LOG.log(Level.INFO, installation.startLine());
        return new UndertowGate(
                installation,
                xnioWorker,
                root ->
                        new GateHandler(
                                root,
                                forServer,
                                executor,
                                spreading,
                                sourceChannels,
                                http2,
                                buffers));
    }

    /**
     * XNIO 3.8 binds in the same step in which it makes the socket (NioXnioWorker), and has no
     * option for SO_REUSEPORT.
     */
    private static void requireNoReusePort(WorkerSettings settings) {
        if (settings.reusePort()) {
            throw new IllegalArgumentException(
                    settings.sources().getOrDefault(Setting.REUSE_PORT, "reuse-port")
                            + ": on (expected: off on Undertow, whose XNIO has no option for it);"
                            + " leave it out, and put a proxy in front of two ports for a rolling restart");
        }
    }

    private static void setUp(
            Undertow.Builder builder,
            BuilderView view,
            SharedBufferPool buffers,
            XnioWorkerEnd end,
            ServerWorkers workers) {
        workers.closeWithThese(buffers);
        workers.closeWithThese(end); // last in, first out: before the buffers it uses
        builder.setWorker(end.worker())
                .setByteBufferPool(buffers)
                .setSocketOption(Options.BACKLOG, backlog(builder, workers.settings()));
        if (view.http2()) {
            int streams = view.streamsFor(workers.settings());
            builder.setServerOption(UndertowOptions.HTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, streams)
                    .setServerOption(
                            UndertowOptions.MAX_QUEUED_READ_BUFFERS, view.readBuffersFor(streams));
        }
    }

    /** A backlog that the user has set on the builder is kept, unless the settings name one. */
    private static int backlog(Undertow.Builder builder, WorkerSettings settings) {
        Integer users = BuilderView.backlog(builder);
        return users == null || settings.sources().containsKey(Setting.LISTEN)
                ? settings.listen()
                : users;
    }

    private static XnioWorker newWorker(Xnio xnio, BuilderView view, ExecutorService executor) {
        return xnio.createWorkerBuilder()
                .populateFromOptions(view.workerOptions())
                .setExternalExecutorService(executor)
                .build();
    }
}
