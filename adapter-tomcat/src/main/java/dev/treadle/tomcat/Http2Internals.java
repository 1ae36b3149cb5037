package dev.treadle.tomcat;

import org.apache.coyote.AbstractProcessor;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler;
import org.apache.coyote.http2.Http2Protocol;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The private parts of Tomcat's HTTP/2 that the gate needs. They are the same in 10.1.55 and
 * 11.0.25, and are looked up once.
 */
final class Http2Internals {
    private static final String PACKAGE = "org.apache.coyote.http2.";

    /** Null if this Tomcat has them not, or is a module that is not open to this code. */
    static final @Nullable Http2Internals FOUND = find();

    private final Class<?> streamProcessor;
    private final Class<?> streamRunnable;
    private final MethodHandle stream;
    private final MethodHandle handler;
    private final MethodHandle streamOfId;
    private final MethodHandle id;
    private final MethodHandle isActive;
    private final MethodHandle cancel;
    private final MethodHandle inputBuffer;
    private final MethodHandle writeWindowUpdate;
    private final MethodHandle limitIdleTime;
    private final MethodHandle windowLock;
    private final MethodHandle windowAvailable;
    private final VarHandle upgradable;
    private final VarHandle negotiable;

    private Http2Internals() throws ReflectiveOperationException {
        Lookup own = MethodHandles.lookup();
        ClassLoader tomcats = Http2Protocol.class.getClassLoader();
        streamProcessor = Class.forName(PACKAGE + "StreamProcessor", false, tomcats);
        streamRunnable = Class.forName(PACKAGE + "StreamRunnable", false, tomcats);
        Class<?> streamClass = Class.forName(PACKAGE + "Stream", false, tomcats);
        Class<?> handlerClass = Class.forName(PACKAGE + "Http2UpgradeHandler", false, tomcats);
        Class<?> anyStream = Class.forName(PACKAGE + "AbstractNonZeroStream", false, tomcats);
        stream =
                MethodHandles.privateLookupIn(streamProcessor, own)
                        .findGetter(streamProcessor, "stream", streamClass)
                        .asType(MethodType.methodType(Object.class, AbstractProcessor.class));
        handler =
                MethodHandles.privateLookupIn(streamProcessor, own)
                        .findGetter(streamProcessor, "handler", handlerClass)
                        .asType(MethodType.methodType(Object.class, AbstractProcessor.class));
        streamOfId =
                MethodHandles.privateLookupIn(handlerClass, own)
                        .findVirtual(
                                handlerClass,
                                "getStream",
                                MethodType.methodType(streamClass, int.class))
                        .asType(MethodType.methodType(Object.class, Object.class, int.class));
        id =
                MethodHandles.privateLookupIn(streamClass, own)
                        .findVirtual(streamClass, "getIdAsInt", MethodType.methodType(int.class))
                        .asType(MethodType.methodType(int.class, Object.class));
        isActive =
                MethodHandles.privateLookupIn(streamClass, own)
                        .findVirtual(streamClass, "isActive", MethodType.methodType(boolean.class))
                        .asType(MethodType.methodType(boolean.class, Object.class));
        inputBuffer =
                MethodHandles.insertArguments(
                                MethodHandles.privateLookupIn(streamClass, own)
                                        .findVirtual(
                                                streamClass,
                                                "getInputByteBuffer",
                                                MethodType.methodType(
                                                        ByteBuffer.class, boolean.class)),
                                1,
                                true)
                        .asType(MethodType.methodType(void.class, Object.class));
        Class<?> errors = Class.forName(PACKAGE + "Http2Error", true, tomcats);
        cancel =
                MethodHandles.insertArguments(
                                MethodHandles.privateLookupIn(streamClass, own)
                                        .findVirtual(
                                                streamClass,
                                                "doStreamCancel",
                                                MethodType.methodType(
                                                        void.class, String.class, errors)),
                                1,
                                "the answer was cut off",
                                MethodHandles.privateLookupIn(errors, own)
                                        .findStaticVarHandle(errors, "INTERNAL_ERROR", errors)
                                        .get())
                        .asType(MethodType.methodType(void.class, Object.class));
        writeWindowUpdate =
                MethodHandles.insertArguments(
                                MethodHandles.privateLookupIn(handlerClass, own)
                                        .findVirtual(
                                                handlerClass,
                                                "writeWindowUpdate",
                                                MethodType.methodType(
                                                        void.class,
                                                        anyStream,
                                                        int.class,
                                                        boolean.class)),
                                1,
                                new Object[] {null})
                        .asType(
                                MethodType.methodType(
                                        void.class, Object.class, int.class, boolean.class));
        limitIdleTime =
                MethodHandles.insertArguments(
                                MethodHandles.privateLookupIn(handlerClass, own)
                                        .findVirtual(
                                                handlerClass,
                                                "setConnectionTimeoutForStreamCount",
                                                MethodType.methodType(void.class, int.class)),
                                1,
                                0)
                        .asType(MethodType.methodType(void.class, Object.class));
        Class<?> flowControlled = Class.forName(PACKAGE + "AbstractStream", false, tomcats);
        Lookup flowControl = MethodHandles.privateLookupIn(flowControlled, own);
        windowLock =
                flowControl
                        .findGetter(flowControlled, "windowAllocationLock", Lock.class)
                        .asType(MethodType.methodType(Lock.class, Object.class));
        windowAvailable =
                flowControl
                        .findGetter(flowControlled, "windowAllocationAvailable", Condition.class)
                        .asType(MethodType.methodType(Condition.class, Object.class));
        Lookup protocol = MethodHandles.privateLookupIn(AbstractHttp11Protocol.class, own);
        upgradable =
                protocol.findVarHandle(
                        AbstractHttp11Protocol.class, "httpUpgradeProtocols", Map.class);
        negotiable =
                protocol.findVarHandle(
                        AbstractHttp11Protocol.class, "negotiatedProtocols", Map.class);
    }

    private static @Nullable Http2Internals find() {
        try {
            return new Http2Internals();
        } catch (ReflectiveOperationException | RuntimeException differs) {
            System.getLogger("dev.treadle.tomcat")
                    .log(
                            Level.WARNING,
                            "org.apache.coyote.http2 of this Tomcat is not one this version knows (expected:"
                                    + " 10.1 or 11): on HTTP/2 bodies of requests in the queue may block those"
                                    + " inside, and a request whose stream was reset stays in the queue",
                            differs);
            return null;
        }
    }

    boolean isOfStream(AbstractProcessor processor) {
        return streamProcessor.isInstance(processor);
    }

    /** Whether a task runs a stream. */
    boolean isStreamTask(Runnable task) {
        return streamRunnable.isInstance(task);
    }

    Object stream(AbstractProcessor processor) {
        try {
            return (Object) stream.invokeExact(processor);
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        }
    }

    /**
     * Whether the connection has forgotten a stream: Tomcat then ignores all further events of its
     * request (StreamProcessor.process returns at once, 10.1.55 and 11.0.25).
     */
    boolean isForgotten(AbstractProcessor processor, Object ofStream) {
        try {
            Object of = (Object) handler.invokeExact(processor);
            int known = (int) id.invokeExact(ofStream);
            Object present = (Object) streamOfId.invokeExact(of, known);
            return !ofStream.equals(present);
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        }
    }

    /** Sends GOAWAY on the connection of a stream, once; without an effect where it is sent. */
    void sayGoodbye(AbstractProcessor processor) {
        try {
            Object of = (Object) handler.invokeExact(processor);
            ((InternalHttpUpgradeHandler) of).pause();
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        }
    }

    boolean isActive(Object ofStream) {
        try {
            return (boolean) isActive.invokeExact(ofStream);
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        }
    }

    /**
     * Lets an answer that has begun end with a reset, once the thread of the stream is back in
     * Tomcat, and write nothing more. To be called on that thread.
     */
    void cancel(Object ofStream) {
        try {
            cancel.invokeExact(ofStream);
        } catch (IOException told) {
            // the exception that Tomcat has for the application: here is none
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        }
    }

    /** Makes the buffer for a body of which nothing has come yet. */
    void makeInputBuffer(Object ofStream) {
        try {
            inputBuffer.invokeExact(ofStream);
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        }
    }

    /**
     * Interrupts the thread that writes to a stream if it waits for room in a window. One that has
     * been told of room, and has not run yet, does not wait any more: it would write its frame with
     * the interrupt, which ends the connection. It cannot be told while this has the lock. If
     * another thread has the lock, nothing happens. A wait whose own time is just over may count as
     * one: Tomcat then ends the stream, and writes nothing on this thread.
     */
    void interruptWaitForWindow(Object ofStream, Thread writer) {
        ReentrantLock lock = windowLock(ofStream);
        if (!lock.tryLock()) {
            return;
        }
        try {
            if (lock.hasWaiters((Condition) windowAvailable.invokeExact(ofStream))) {
                writer.interrupt();
            }
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        } finally {
            lock.unlock();
        }
    }

    /** Returns what guards the window of a stream, and its wait for room in either window. */
    ReentrantLock windowLock(Object ofStream) {
        try {
            return (ReentrantLock) (Lock) windowLock.invokeExact(ofStream);
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        }
    }

    /** Makes the receive window of a connection larger. */
    void enlargeWindow(Object connection, int increment) throws IOException {
        try {
            writeWindowUpdate.invokeExact(connection, increment, false);
        } catch (IOException closed) {
            throw closed;
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        }
    }

    /** Gives a connection without a stream the time that it may idle. */
    void limitIdleTime(Object connection) {
        try {
            limitIdleTime.invokeExact(connection);
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        }
    }

    private static RuntimeException unchecked(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException known ? known : new IllegalStateException(thrown);
    }

    /** Returns the maps in which a protocol that is initialised finds what it upgrades to. */
    @SuppressWarnings("unchecked")
    List<Map<String, UpgradeProtocol>> upgrades(AbstractHttp11Protocol<?> protocol) {
        return List.of(
                (Map<String, UpgradeProtocol>) upgradable.get(protocol),
                (Map<String, UpgradeProtocol>) negotiable.get(protocol));
    }
}
