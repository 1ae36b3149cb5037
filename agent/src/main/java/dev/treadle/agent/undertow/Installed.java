package dev.treadle.agent.undertow;

import dev.treadle.Workers;
import dev.treadle.agent.core.AgentWorkers;
import dev.treadle.undertow.UndertowGate;
import dev.treadle.undertow.UndertowWorkers;

import io.undertow.Undertow;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.HttpHandler;

import org.jspecify.annotations.Nullable;
import org.xnio.Option;
import org.xnio.OptionMap;
import org.xnio.XnioWorker;

import java.util.List;

/**
 * Workers in an Undertow that is started. The adapter sets up a builder before the server is built.
 * Here the server is built already, and a builder is made that is like it; what the adapter sets
 * there goes into the fields of the server. The agent has taken {@code final} from four of them
 * when the class was loaded.
 *
 * <p>All this happens under the lock of the server.
 */
final class Installed {
    private final Workers workers;
    private final @Nullable ByteBufferPool buffers;
    private final OptionMap socketOptions;
    private final OptionMap serverOptions;
    private final HttpHandler root;

    private Installed(
            Workers workers,
            @Nullable ByteBufferPool buffers,
            OptionMap socketOptions,
            OptionMap serverOptions,
            HttpHandler root) {
        this.workers = workers;
        this.buffers = buffers;
        this.socketOptions = socketOptions;
        this.serverOptions = serverOptions;
        this.root = root;
    }

    /**
     * Opens workers and installs them.
     *
     * @return null: this server cannot have them, and is as it was
     * @throws IllegalStateException with {@code strict=true}, instead of null
     */
    static @Nullable Installed in(Undertow undertow, String container) {
        HttpHandler root = Fields.ROOT.get(undertow);
        if (root == null) {
            AgentWorkers.leave(container, "root handler: none (expected: one)");
            return null;
        }
        Undertow.Builder builder = builderLike(undertow);
        Workers workers = AgentWorkers.open();
        UndertowGate gate;
        try {
            gate = UndertowWorkers.prepare(builder, workers);
        } catch (IllegalArgumentException refused) {
            workers.close();
            if (workers.settings().reusePort()) {
                throw refused; // a setting is wrong, and not the server
            }
            AgentWorkers.leave(container, String.valueOf(refused.getMessage()));
            return null;
        } catch (RuntimeException | LinkageError failed) {
            workers.close();
            throw failed;
        }
        Installed installed =
                new Installed(
                        workers,
                        Fields.BUFFERS.get(undertow),
                        Fields.SOCKET_OPTIONS.require(undertow),
                        Fields.SERVER_OPTIONS.require(undertow),
                        root);
        Fields.WORKER.set(undertow, gate.xnioWorker());
        Fields.INTERNAL.set(undertow, false);
        Fields.BUFFERS.set(undertow, Fields.BUILDER_BUFFERS.get(builder));
        Fields.SOCKET_OPTIONS.set(
                undertow, Fields.BUILDER_SOCKET_OPTIONS.require(builder).getMap());
        Fields.SERVER_OPTIONS.set(
                undertow, Fields.BUILDER_SERVER_OPTIONS.require(builder).getMap());
        Fields.ROOT.set(undertow, gate.wrap(root));
        return installed;
    }

    private static Undertow.Builder builderLike(Undertow undertow) {
        Undertow.Builder builder =
                Undertow.builder()
                        .setIoThreads(Fields.IO_THREADS.require(undertow))
                        .setWorkerThreads(Fields.WORKER_THREADS.require(undertow))
                        .setBufferSize(Fields.BUFFER_SIZE.require(undertow))
                        .setDirectBuffers(Fields.DIRECT_BUFFERS.require(undertow));
        OptionMap workerOptions = Fields.WORKER_OPTIONS.require(undertow);
        for (Option<?> option : workerOptions) {
            copy(option, workerOptions, builder::setWorkerOption);
        }
        OptionMap sockets = Fields.SOCKET_OPTIONS.require(undertow);
        for (Option<?> option : sockets) {
            copy(option, sockets, builder::setSocketOption);
        }
        OptionMap server = Fields.SERVER_OPTIONS.require(undertow);
        for (Option<?> option : server) {
            copy(option, server, builder::setServerOption);
        }
        // these are what the adapter refuses
        ByteBufferPool given = Fields.BUFFERS.get(undertow);
        if (given != null) {
            builder.setByteBufferPool(given);
        }
        XnioWorker worker = Fields.WORKER.get(undertow);
        if (worker != null) {
            builder.setWorker(worker);
        }
        addAll(Fields.BUILDER_LISTENERS.require(builder), Fields.LISTENERS.require(undertow));
        return builder;
    }

    /** The setter of a builder for an option of any type. */
    private interface Setter {
        <T> Undertow.Builder set(Option<T> option, T value);
    }

    private static <T> void copy(Option<T> option, OptionMap from, Setter to) {
        T value = from.get(option);
        if (value != null) {
            to.set(option, value);
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // of a type that is Undertow's own
    private static void addAll(List to, List from) {
        to.addAll(from);
    }

    void prepareStop() {
        try {
            workers.prepareStop();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt(); // it ends the drain too
        }
    }

    /** Drains and closes the workers, and leaves the server as it was before its start. */
    void takeOut(Undertow undertow) {
        workers.close();
        Fields.WORKER.set(undertow, null);
        Fields.INTERNAL.set(undertow, true);
        Fields.BUFFERS.set(undertow, buffers);
        Fields.SOCKET_OPTIONS.set(undertow, socketOptions);
        Fields.SERVER_OPTIONS.set(undertow, serverOptions);
        Fields.ROOT.set(undertow, root);
    }
}
