package dev.treadle.undertow;

import dev.treadle.loop.HubLoops;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.Version;
import io.undertow.protocols.http2.Http2Channel;
import io.undertow.server.HttpHandler;

import org.jspecify.annotations.Nullable;
import org.xnio.OptionMap;
import org.xnio.Options;

import java.lang.reflect.Field;
import java.util.List;

/**
 * The values that a user has set on a builder. {@link Undertow.Builder} has no getters (2.3.26).
 * Once it is given a worker and a buffer pool, Undertow ignores these values. Without this class
 * the user's I/O threads and buffer size would silently be lost, or requests would bypass the gate.
 *
 * @param workerOptions the options {@code Undertow.start()} makes its own worker with
 * @param directBuffers whether buffers are to be outside the heap
 * @param bufferSize in bytes
 * @param http2 whether connections may be HTTP/2
 * @param http2Streams how many streams of a connection may be open at once; not positive: no limit
 * @param http2Window the receive window of each stream, in bytes
 * @param readBuffers how many buffers of a connection may hold unread data; 0: Undertow's default
 */
record BuilderView(
        OptionMap workerOptions,
        boolean directBuffers,
        int bufferSize,
        boolean http2,
        int http2Streams,
        int http2Window,
        int readBuffers) {
    /** More than this one connection has no use for. */
    private static final int MOST_STREAMS = 1_000;

    /** Undertow's default (2.3.26). */
    private static final int LEAST_READ_BUFFERS = 16;

    /**
     * Reads {@code builder}.
     *
     * @throws IllegalArgumentException if it has what this adapter has to set itself
     * @throws IllegalStateException if it is not the builder of a version this adapter knows
     */
    static BuilderView of(Undertow.Builder builder) {
        requireUnset(
                builder, "worker", "set I/O threads with setIoThreads and setWorkerOption instead");
        requireUnset(
                builder,
                "byteBufferPool",
                "set buffers with setBufferSize and setDirectBuffers instead");
        for (Object listener : required(builder, "listeners", List.class)) {
            requireNoHandlerOfItsOwn(listener);
        }
        OptionMap serverOptions =
                required(builder, "serverOptions", OptionMap.Builder.class).getMap();
        return new BuilderView(
                workerOptions(builder),
                required(builder, "directBuffers", Boolean.class),
                required(builder, "bufferSize", Integer.class),
                serverOptions.get(UndertowOptions.ENABLE_HTTP2, false),
                serverOptions.get(UndertowOptions.HTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 0),
                serverOptions.get(
                        UndertowOptions.HTTP2_SETTINGS_INITIAL_WINDOW_SIZE,
                        Http2Channel.DEFAULT_INITIAL_WINDOW_SIZE),
                serverOptions.get(UndertowOptions.MAX_QUEUED_READ_BUFFERS, 0));
    }

    /**
     * Returns how many streams a connection may have open: as many as can be inside, in the queue
     * and event streams, and no more than the user allows.
     */
    int streamsFor(WorkerSettings settings) {
        int useful = (int) Math.min(settings.requestsAtOnce(), MOST_STREAMS);
        return http2Streams > 0 ? Math.min(http2Streams, useful) : useful;
    }

    /**
     * Returns how many buffers of a connection may hold unread data before Undertow stops reading
     * from the connection. It then also stops reading resets and bodies of other streams.
     * Undertow's default is 16, which four streams in the queue fill. The value here is twice the
     * number that the windows of all streams can fill, because a frame may begin in one buffer and
     * end in the next. A value that the user has set is kept.
     */
    int readBuffersFor(int streams) {
        if (readBuffers != 0) {
            return readBuffers;
        }
        long each = 2 * (1L + Math.ceilDiv(http2Window, bufferSize));
        return (int) Math.min(Integer.MAX_VALUE, each * streams + LEAST_READ_BUFFERS);
    }

    /**
     * Returns this with as many I/O threads as the workers have hubs for them to carry, unless the
     * user has chosen another number than Undertow's default.
     */
    BuilderView ioThreadsFor(ServerWorkers workers) {
        int undertowDefault = Math.max(Runtime.getRuntime().availableProcessors(), 2);
        HubLoops hubs = workers.hubLoops().orElse(null);
        if (hubs == null
                || http2
                || workerOptions.get(Options.WORKER_IO_THREADS, undertowDefault)
                        != undertowDefault) {
            return this;
        }
        OptionMap options =
                OptionMap.builder()
                        .set(Options.STACK_SIZE, HubLoops.STACK_BYTES)
                        .addAll(workerOptions)
                        .set(Options.WORKER_IO_THREADS, hubs.count())
                        .getMap();
        return new BuilderView(
                options, directBuffers, bufferSize, http2, http2Streams, http2Window, readBuffers);
    }

    /** Returns the accept backlog that the user has set on the builder; null if it is not set. */
    static @Nullable Integer backlog(Undertow.Builder builder) {
        return required(builder, "socketOptions", OptionMap.Builder.class)
                .getMap()
                .get(Options.BACKLOG);
    }

    private static void requireUnset(Undertow.Builder builder, String name, String remedy) {
        Object value = read(builder, name);
        if (value != null) {
            throw new IllegalArgumentException(
                    "builder."
                            + name
                            + ": "
                            + value
                            + " (expected: none, because Treadle has to make it); "
                            + remedy);
        }
    }

    private static void requireNoHandlerOfItsOwn(Object listener) {
        Object handler = read(listener, "rootHandler");
        if (handler instanceof HttpHandler) {
            throw new IllegalArgumentException(
                    "listener on port "
                            + read(listener, "port")
                            + ": has the handler "
                            + handler
                            + " (expected: none of its own, because its requests would not pass the gate); add the listener without"
                            + " one, and branch in the root handler");
        }
    }

    /** The options of {@code Undertow.start()}, 2.3.26, line for line. */
    private static OptionMap workerOptions(Undertow.Builder builder) {
        int workerThreads = required(builder, "workerThreads", Integer.class);
        return OptionMap.builder()
                .set(Options.WORKER_IO_THREADS, required(builder, "ioThreads", Integer.class))
                .set(Options.CONNECTION_HIGH_WATER, 1_000_000)
                .set(Options.CONNECTION_LOW_WATER, 1_000_000)
                .set(Options.WORKER_TASK_CORE_THREADS, workerThreads)
                .set(Options.WORKER_TASK_MAX_THREADS, workerThreads)
                .set(Options.TCP_NODELAY, true)
                .set(Options.CORK, true)
                .addAll(required(builder, "workerOptions", OptionMap.Builder.class).getMap())
                .getMap();
    }

    private static <T> T required(Object owner, String name, Class<T> type) {
        Object value = read(owner, name);
        if (!type.isInstance(value)) {
            throw unknownVersion(owner, name, null);
        }
        return type.cast(value);
    }

    private static @Nullable Object read(Object owner, String name) {
        try {
            Field field = owner.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(owner);
        } catch (ReflectiveOperationException | RuntimeException missing) {
            throw unknownVersion(owner, name, missing);
        }
    }

    private static IllegalStateException unknownVersion(
            Object owner, String name, @Nullable Exception cause) {
        return new IllegalStateException(
                "Undertow "
                        + Version.getVersionString()
                        + ": cannot read "
                        + owner.getClass().getName()
                        + "."
                        + name
                        + " (expected: Undertow 2.3, from the class path or a module open to dev.treadle.undertow)",
                cause);
    }
}
