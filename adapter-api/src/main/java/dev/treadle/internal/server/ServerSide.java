package dev.treadle.internal.server;

import static java.util.Objects.requireNonNull;

import dev.treadle.gate.Gate;
import dev.treadle.internal.engine.GeventEngine;
import dev.treadle.internal.engine.SwitchableEngine;
import dev.treadle.internal.gate.ContextPaths;
import dev.treadle.internal.gate.RequestGate;
import dev.treadle.loop.HubLoops;
import dev.treadle.settings.Setting;
import dev.treadle.settings.WorkerSettings;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The side of some workers that their server sees: where it runs its tasks, what it brings requests
 * to, what carries the hubs, and what it is told. Adapters see it as {@code ServerWorkers} of the
 * SPI. Users do not: that package is above the users' type, which cannot name it. So the users'
 * type says at {@link #lookInto} how its server side is found.
 *
 * <p>Safe for any thread.
 */
public final class ServerSide {
    /** The workers whose side this is. */
    public interface Owner {
        /** Returns the settings in force. */
        WorkerSettings settings();

        /**
         * Notes that the workers are installed in a container.
         *
         * @throws IllegalStateException if they are installed already, or closed
         */
        void installed(String container);

        /** Closes the resource with the workers, before the executor ends; last in, first out. */
        void closeWithThese(AutoCloseable resource);

        /** Replaces the threads of a pool by new ones. */
        void renewThreads();
    }

    private static final Logger LOG = System.getLogger("dev.treadle.workers");

    /** Since JDK 24 a virtual thread that waits in synchronized is unmounted (JEP 491). */
    private static final int UNMOUNTS_MONITORS = 24;

    private static volatile @Nullable Function<Object, ServerSide> look;

    private final Owner owner;
    private final SwitchableEngine engine;
    private final RequestGate gate;
    private final WorkerExecutor executor;
    private final Executor spreadExecutor;
    private final List<Consumer<WorkerSettings>> switchListeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> stopListeners = new CopyOnWriteArrayList<>();

    // guarded by this
    private String startNote = "";
    private String hubCarriers = "on threads of their own";
    private boolean loopsCarry;
    private @Nullable String socketsNotPolled;

    /** The server side of the owner. */
    public ServerSide(Owner owner, SwitchableEngine engine, RequestGate gate) {
        this.owner = owner;
        this.engine = engine;
        this.gate = gate;
        this.executor = new WorkerExecutor(engine);
        this.spreadExecutor = engine::executeSpread;
    }

    /** Says how the server side of workers is found. The users' type calls it, once. */
    public static void lookInto(Function<Object, ServerSide> how) {
        look = how;
    }

    /** Returns the server side of workers. */
    public static ServerSide of(Object workers) {
        return requireNonNull(look, "look").apply(requireNonNull(workers, "workers"));
    }

    /** Returns the settings in force. */
    public WorkerSettings settings() {
        return owner.settings();
    }

    /** Returns the executor for everything that the container runs. */
    public ExecutorService executor() {
        return executor;
    }

    /** Returns the executor for requests of a connection that has many at a time. */
    public Executor spreadExecutor() {
        return spreadExecutor;
    }

    /** The workers are closed, and the executor with them. */
    public void closed() {
        executor.closed();
    }

    /** Returns the gate that admits requests. */
    public Gate gate() {
        return gate;
    }

    /** Returns the hubs for event loops to carry; empty if there are none or they may not. */
    public Optional<HubLoops> hubLoops() {
        return whyNoLoops().isEmpty() && engine.current() instanceof GeventEngine gevent
                ? Optional.of(gevent.loops())
                : Optional.empty();
    }

    private Optional<String> whyNoLoops() {
        WorkerSettings settings = settings();
        if (!settings.hubLoop()) {
            return Optional.of("hub-loop=off");
        }
        if (settings.retake() == null && Runtime.version().feature() < UNMOUNTS_MONITORS) {
            return Optional.of("retake=off on a JDK before " + UNMOUNTS_MONITORS);
        }
        return Optional.empty();
    }

    /** Says what carries the hubs. */
    public synchronized void hubsCarriedBy(String loops) {
        loopsCarry = true;
        hubCarriers = "carried by " + loops;
    }

    /**
     * Says why the hubs have threads of their own although loops were to carry them.
     *
     * @throws IllegalStateException if somebody has set hub-loop to on
     */
    public synchronized void hubsNotCarried(String reason) {
        WorkerSettings settings = settings();
        String origin = settings.sources().get(Setting.HUB_LOOP);
        if (origin != null && settings.hubLoop()) {
            throw new IllegalStateException(
                    origin
                            + ": on (expected: off, or leave it out): "
                            + reason
                            + ", so the hubs cannot be carried by its event loops");
        }
        hubCarriers = "on threads of their own: " + reason;
    }

    /** Says something more at the end of the start line. */
    public synchronized void noteAtStart(String note) {
        startNote += " (" + requireNonNull(note, "note") + ")";
    }

    /** Returns the end of the start line; often empty. */
    public synchronized String startNote() {
        return startNote;
    }

    /** Returns what the start line says of the hubs; empty for a model without. */
    public synchronized String hubWords() {
        if (settings().hubs() == 0) {
            return "";
        }
        return " ("
                + whyNoLoops().map(why -> "on threads of their own: " + why).orElse(hubCarriers)
                + shortcomings()
                + ")";
    }

    private String shortcomings() {
        List<String> all = new ArrayList<>(GeventEngine.shortcomings());
        if (settings().hubSockets()) {
            String why = whyJdkPolls();
            if (why != null) {
                all.add("the JDK polls sockets: " + why);
            }
        }
        return all.isEmpty() ? "" : "; " + String.join("; ", all);
    }

    private @Nullable String whyJdkPolls() {
        if (whyNoLoops().isPresent() || !loopsCarry) {
            return "no event loop carries the hubs";
        }
        return socketsNotPolled == null ? GeventEngine.whyJdkPolls() : socketsNotPolled;
    }

    /** Says why hubs do not poll sockets although they were to. */
    public synchronized void socketsNotPolled(String reason) {
        socketsNotPolled = reason;
    }

    /** Calls {@code listener} after each switch, on the thread that switches. */
    public void onSwitch(Consumer<WorkerSettings> listener) {
        switchListeners.add(requireNonNull(listener, "listener"));
    }

    /** Tells the listeners of a switch. */
    public void tellSwitch(WorkerSettings next) {
        switchListeners.forEach(listener -> listener.accept(next));
    }

    /** Calls {@code listener} when a stop begins, and again when no more requests are taken. */
    public void onStop(Runnable listener) {
        stopListeners.add(requireNonNull(listener, "listener"));
    }

    /** Tells the listeners of a stop. */
    public void tellStop() {
        for (Runnable listener : stopListeners) {
            try {
                listener.run();
            } catch (RuntimeException broken) {
                // clients find out when their connection ends
                LOG.log(Level.WARNING, "stop: clients could not be told of it", broken);
            }
        }
    }

    /** Notes that the workers are installed; see {@link Owner#installed}. */
    public void installed(String container) {
        owner.installed(container);
    }

    /** Closes the resource with the workers; see {@link Owner#closeWithThese}. */
    public void closeWithThese(AutoCloseable resource) {
        owner.closeWithThese(resource);
    }

    /** Replaces the threads of a pool by new ones. */
    public void renewThreads() {
        owner.renewThreads();
    }

    /** Says under which context paths the server has applications. */
    public void contextPaths(Collection<String> paths) {
        gate.at(ContextPaths.of(paths));
    }
}
