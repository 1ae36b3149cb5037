package dev.treadle.agent.undertow;

import io.undertow.Undertow;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.HttpHandler;

import org.jspecify.annotations.Nullable;
import org.xnio.OptionMap;
import org.xnio.XnioWorker;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;

/** The fields of an Undertow and of its builder that have no getters (2.3.26). */
final class Fields {
    static final Field<HttpHandler> ROOT = ofServer("rootHandler", HttpHandler.class);
    static final Field<XnioWorker> WORKER = ofServer("worker", XnioWorker.class);
    static final Field<Boolean> INTERNAL = ofServer("internalWorker", boolean.class);
    static final Field<ByteBufferPool> BUFFERS = ofServer("byteBufferPool", ByteBufferPool.class);
    static final Field<OptionMap> WORKER_OPTIONS = ofServer("workerOptions", OptionMap.class);
    static final Field<OptionMap> SOCKET_OPTIONS = ofServer("socketOptions", OptionMap.class);
    static final Field<OptionMap> SERVER_OPTIONS = ofServer("serverOptions", OptionMap.class);
    static final Field<Integer> IO_THREADS = ofServer("ioThreads", int.class);
    static final Field<Integer> WORKER_THREADS = ofServer("workerThreads", int.class);
    static final Field<Integer> BUFFER_SIZE = ofServer("bufferSize", int.class);
    static final Field<Boolean> DIRECT_BUFFERS = ofServer("directBuffers", boolean.class);
    static final Field<List<?>> LISTENERS = ofServer("listeners", List.class);

    static final Field<List<?>> BUILDER_LISTENERS = ofBuilder("listeners", List.class);
    static final Field<ByteBufferPool> BUILDER_BUFFERS =
            ofBuilder("byteBufferPool", ByteBufferPool.class);
    static final Field<OptionMap.Builder> BUILDER_SOCKET_OPTIONS =
            ofBuilder("socketOptions", OptionMap.Builder.class);
    static final Field<OptionMap.Builder> BUILDER_SERVER_OPTIONS =
            ofBuilder("serverOptions", OptionMap.Builder.class);

    private Fields() {}

    /**
     * Returns true once all are found.
     *
     * @throws NoSuchFieldError if one is missing
     */
    static boolean areThere() {
        return ROOT.handle() != null;
    }

    /**
     * One field. A VarHandle refuses to write one that is final.
     *
     * @param handle of an object and a value of the type
     */
    record Field<T>(String name, VarHandle handle) {
        @SuppressWarnings("unchecked") // the handle was found with this type
        @Nullable T get(Object owner) {
            return (T) handle.get(owner);
        }

        T require(Object owner) {
            T value = get(owner);
            if (value == null) {
                throw new IllegalStateException(name + ": null in " + owner);
            }
            return value;
        }

        void set(Object owner, @Nullable T value) {
            handle.set(owner, value);
        }
    }

    private static <T> Field<T> ofServer(String name, Class<?> type) {
        return field(Undertow.class, name, type);
    }

    private static <T> Field<T> ofBuilder(String name, Class<?> type) {
        return field(Undertow.Builder.class, name, type);
    }

    /**
     * @throws NoSuchFieldError if it is not there: another version of Undertow
     */
    private static <T> Field<T> field(Class<?> owner, String name, Class<?> type) {
        try {
            return new Field<>(
                    name,
                    MethodHandles.privateLookupIn(owner, MethodHandles.lookup())
                            .findVarHandle(owner, name, type));
        } catch (ReflectiveOperationException missing) {
            throw (NoSuchFieldError)
                    new NoSuchFieldError(owner.getName() + "." + name).initCause(missing);
        }
    }
}
