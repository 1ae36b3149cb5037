package dev.treadle.spi;

import dev.treadle.Workers;
import dev.treadle.gate.Gate;
import dev.treadle.internal.server.ServerSide;
import dev.treadle.loop.HubLoops;
import dev.treadle.settings.WorkerSettings;

import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;

/**
 * Workers as the server sees them that they are installed in: where it runs its tasks, what it
 * brings requests to, and what it says and is told. An adapter gets it from the {@link Workers} of
 * its user:
 *
 * <pre>{@code
 * ServerWorkers server = ServerWorkers.of(workers);
 * server.installed("Tomcat 11.0.25");
 * connector.getProtocolHandler().setExecutor(server.executor());
 * server.onStop(this::sayGoodbye);
 * }</pre>
 *
 * <p>Two of the same workers are equal. Safe for any thread.
 *
 * @since 0.2.0
 */
public final class ServerWorkers {
    private final Workers workers;
    private final ServerSide side;

    private ServerWorkers(Workers workers) {
        this.workers = workers;
        this.side = ServerSide.of(workers);
    }

    /** Returns those workers as their server sees them. */
    public static ServerWorkers of(Workers workers) {
        return new ServerWorkers(workers);
    }

    /** Returns the workers as their user sees them. */
    public Workers workers() {
        return workers;
    }

    /** Returns the settings in force: those the workers were opened with, or switched to last. */
    public WorkerSettings settings() {
        return side.settings();
    }

    /**
     * Returns the executor for everything the container runs. It takes every task while the workers
     * are open, however many there are: the limit is the gate's. Its {@code shutdown} does nothing;
     * {@link Workers#close} ends it.
     */
    public ExecutorService executor() {
        return side.executor();
    }

    /**
     * Returns the executor for requests of a connection that carries many at a time, as in HTTP/2.
     * It is the same as {@link #executor}, but with hubs each task goes to the one with the fewest
     * live greenlets, and not to the hub of the connection.
     */
    public Executor spreadExecutor() {
        return side.spreadExecutor();
    }

    /** Returns the gate that admits requests. */
    public Gate gate() {
        return side.gate();
    }

    /**
     * Returns the hubs for the event loops of a container to carry; empty if the model has none, or
     * {@link WorkerSettings#hubLoop} is off, or this JVM unmounts no virtual thread that waits in
     * {@code synchronized} (before JDK 24) and {@link WorkerSettings#retake} is off: there a
     * greenlet that holds its loop's thread could wait for that very loop for ever.
     */
    public Optional<HubLoops> hubLoops() {
        return side.hubLoops();
    }

    /**
     * Sets the description of the hubs' carriers in the start line. Called by an adapter whose
     * loops carry the hubs.
     *
     * @param loops such as {@code Tomcat's pollers}
     */
    public void hubsCarriedBy(String loops) {
        side.hubsCarriedBy(loops);
    }

    /**
     * Sets the reason why the hubs have threads of their own although event loops should carry
     * them. Called by an adapter whose loops cannot.
     *
     * @throws IllegalStateException if hub-loop was set to on: the requested mode is not available
     */
    public void hubsNotCarried(String reason) {
        side.hubsNotCarried(reason);
    }

    /**
     * Sets the reason why the hubs do not poll the sockets of greenlets although {@link
     * WorkerSettings#hubSockets} asks for it. Called by an adapter whose loops have no {@link
     * dev.treadle.loop.EventLoop#selector}.
     */
    public void socketsNotPolled(String reason) {
        side.socketsNotPolled(reason);
    }

    /**
     * Adds a note at the end of the start line, such as the source of the model.
     *
     * @param note without brackets
     */
    public void noteAtStart(String note) {
        side.noteAtStart(note);
    }

    /**
     * Notes that the workers are installed. An adapter calls it first: workers serve one container.
     *
     * @param container such as {@code Tomcat 11.0.25}
     * @throws IllegalStateException if they are installed already, or closed
     */
    public void installed(String container) {
        side.installed(container);
    }

    /**
     * Sets the context paths of the server's applications. They replace those of an earlier call.
     * The path patterns of the settings are compared with the path inside an application as well as
     * with the whole path. An adapter calls it before the first request, and whenever an
     * application comes or goes. Default: all applications are at the root.
     *
     * @param paths each as servlets know it, such as {@code /shop}; the root is the empty string,
     *     and need not be there
     */
    public void contextPaths(Collection<String> paths) {
        side.contextPaths(paths);
    }

    /**
     * Calls {@code listener} after each switch, on the thread that switches. An adapter that has
     * set its container up by the settings does so again.
     */
    public void onSwitch(Consumer<WorkerSettings> listener) {
        side.onSwitch(listener);
    }

    /**
     * Calls {@code listener} when a stop begins, and again when no more requests are taken, each
     * time on the thread that stops. An adapter uses it to tell the clients, if their protocol has
     * a message for it (GOAWAY of HTTP/2). It must not block, and calling it once more must be
     * harmless.
     */
    public void onStop(Runnable listener) {
        side.onStop(listener);
    }

    /**
     * Gives later tasks new threads if the present ones are those of a pool: the old ones end with
     * the tasks that they have begun. A server that has undeployed an application calls it, so that
     * no thread keeps thread-locals of that application. It changes nothing in the models {@code
     * virtual} and {@code gevent}, where a thread ends with its task.
     *
     * @throws IllegalStateException if the workers are closed
     */
    public void renewThreads() {
        side.renewThreads();
    }

    /**
     * Closes {@code resource} as part of {@link Workers#close}, after the drain and before the
     * executor ends; last in, first out.
     */
    public void closeWithThese(AutoCloseable resource) {
        side.closeWithThese(resource);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ServerWorkers that && workers.equals(that.workers);
    }

    @Override
    public int hashCode() {
        return workers.hashCode();
    }
}
