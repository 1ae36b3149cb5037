package dev.treadle.undertow;

import io.undertow.protocols.ssl.SslConduit;

import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.XnioIoThread;
import org.xnio.channels.AcceptingChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.channels.Channel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/**
 * Access to the private parts that another thread needs to turn the loop of an XNIO I/O thread:
 * members of {@code org.xnio.nio.WorkerThread} and {@code NioHandle}, the same in 3.8.16 and
 * 3.8.17. A check before the installation finds out whether this XNIO has them and allows their
 * use. Without them the I/O threads still carry hubs, but the connections of an I/O thread wait
 * while it is held; the start line says so.
 */
final class IoThreadInternals {
    private final Selector selector;
    private final Object workLock;
    private final Queue<Runnable> workQueue;
    private final VarHandle polling;
    private final XnioIoThread thread;
    private final Class<?> handleType;
    private final MethodHandle handleReady;
    private final MethodHandle handleKey;
    private final Class<?> pauseType;
    private final Class<?> selectType;
    private final Class<?> serverType;
    private final Field acceptQueues;
    private final Field acceptListener;
    private final TlsAccept tlsAccept;

    @SuppressWarnings("unchecked") // a queue of tasks: the field's generic type is checked
    private IoThreadInternals(XnioIoThread thread) throws ReflectiveOperationException {
        Class<?> type = thread.getClass();
        this.thread = thread;
        this.selector = (Selector) field(type, "selector", Selector.class).get(thread);
        this.workLock = field(type, "workLock", Object.class).get(thread);
        Field queue = field(type, "selectorWorkQueue", Queue.class);
        if (!queue.getGenericType().getTypeName().equals("java.util.Queue<java.lang.Runnable>")) {
            throw new NoSuchFieldException("selectorWorkQueue of tasks");
        }
        this.workQueue = (Queue<Runnable>) queue.get(thread);
        this.polling =
                MethodHandles.privateLookupIn(type, MethodHandles.lookup())
                        .findVarHandle(type, "polling", boolean.class);
        this.handleType = named(type, "NioHandle");
        this.pauseType = named(type, "WorkerThread$SynchTask");
        this.selectType = named(type, "WorkerThread$SelectNowTask");
        this.serverType = named(type, "QueuedNioTcpServer2");
        this.acceptQueues = field(serverType, "acceptQueues", List.class);
        this.acceptListener = field(serverType, "acceptListener", ChannelListener.class);
        this.tlsAccept = TlsAccept.find();
        Method ready = handleType.getDeclaredMethod("handleReady", int.class);
        ready.setAccessible(true);
        this.handleReady =
                MethodHandles.lookup()
                        .unreflect(ready)
                        .asType(MethodType.methodType(void.class, Object.class, int.class));
        Method key = handleType.getDeclaredMethod("getSelectionKey");
        key.setAccessible(true);
        this.handleKey =
                MethodHandles.lookup()
                        .unreflect(key)
                        .asType(MethodType.methodType(SelectionKey.class, Object.class));
        tryOut();
    }

    /** Does what changes nothing, while the I/O thread may run. */
    private void tryOut() throws NoSuchFieldException {
        polling.compareAndSet(thread, false, false);
        if (hasTask() && !selector.isOpen()) {
            throw new NoSuchFieldException("selector that is open while there are tasks");
        }
    }

    private static Class<?> named(Class<?> neighbour, String name) throws ClassNotFoundException {
        return Class.forName(
                neighbour.getPackageName() + "." + name, false, neighbour.getClassLoader());
    }

    private static Field field(Class<?> owner, String name, Class<?> type)
            throws NoSuchFieldException {
        Field field = owner.getDeclaredField(name);
        if (!field.getType().equals(type)) {
            throw new NoSuchFieldException(name + " of type " + type.getName());
        }
        field.setAccessible(true);
        return field;
    }

    /** Finds them; empty if this XNIO differs, or is a module that is not open to this code. */
    static Optional<IoThreadInternals> of(XnioIoThread thread) {
        try {
            return Optional.of(new IoThreadInternals(thread));
        } catch (ReflectiveOperationException | RuntimeException | LinkageError differs) {
            System.getLogger("dev.treadle.undertow")
                    .log(System.Logger.Level.DEBUG, "XNIO differs from 3.8", differs);
            return Optional.empty();
        }
    }

    Selector selector() {
        return selector;
    }

    /** Takes the next task that was posted to the I/O thread, or null. */
    @Nullable Runnable pollTask() {
        synchronized (workLock) {
            return workQueue.poll();
        }
    }

    /**
     * Whether the task only holds the I/O thread until another thread has registered a channel
     * ({@code WorkerThread.SynchTask}). Such a task can be left out: since JDK 11 a thread can
     * register a channel while the selector selects. On another thread the task would wait for
     * ever, because it is the I/O thread that is woken at its end.
     */
    boolean isPauseOfTheIoThread(Runnable task) {
        return pauseType.isInstance(task);
    }

    /**
     * Whether a task that was posted to the I/O thread may run on another one, while the I/O thread
     * is held and does nothing: those that wake a thread which waits for a client, XNIO's own for a
     * connection, and those of TLS, which go on with a handshake or hand on what is unwrapped
     * ({@link SslConduit}, 2.3.26, asks for its thread only to choose where the engine's tasks
     * run). All others may ask which thread they are on.
     */
    boolean mayRunElsewhere(Runnable task) {
        return task instanceof Parking.Task
                || handleType.isAssignableFrom(enclosing(task.getClass()))
                || selectType.isInstance(task)
                || SslConduit.class.equals(task.getClass().getNestHost());
    }

    private static Class<?> enclosing(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        return outer == null ? type : outer;
    }

    /**
     * Takes the connections that wait to be opened on this I/O thread, if the task is the one that
     * does ({@code QueuedNioTcpServer2.acceptTask}). That one asks for the current I/O thread's
     * queue, and on another thread gets none. So the listener is shown a channel that accepts from
     * this thread's queue.
     *
     * @return false if it is another task, or if connections are left in the queue: a listener need
     *     not accept from the channel that it is shown. The task is still to be done then, by the
     *     I/O thread
     */
    boolean accepted(Runnable task) throws ReflectiveOperationException {
        AcceptingChannel<?> server = serverOf(task);
        if (server == null) {
            return false;
        }
        List<?> queues = (List<?>) acceptQueues.get(server);
        Queue<?> connections = (Queue<?>) queues.get(thread.getNumber());
        ChannelListener<?> listener = (ChannelListener<?>) acceptListener.get(server);
        if (listener == null) {
            return connections.isEmpty();
        }
        AcceptingChannel<?> queue = queueOf(server, connections);
        AcceptingChannel<?> shown = queue;
        if (tlsAccept.isOf(listener)) {
            shown = tlsAccept.channel(listener, queue);
            listener = tlsAccept.listener(listener);
        }
        int left = connections.size();
        for (int before = left + 1; left > 0 && left < before; left = connections.size()) {
            before = left;
            invoke(listener, shown);
        }
        return connections.isEmpty();
    }

    private static AcceptingChannel<?> queueOf(AcceptingChannel<?> server, Queue<?> connections) {
        return (AcceptingChannel<?>)
                Proxy.newProxyInstance(
                        AcceptingChannel.class.getClassLoader(),
                        new Class<?>[] {AcceptingChannel.class},
                        (proxy, method, arguments) ->
                                method.getName().equals("accept")
                                        ? connections.poll()
                                        : method.invoke(server, arguments));
    }

    private @Nullable AcceptingChannel<?> serverOf(Runnable task)
            throws ReflectiveOperationException {
        for (Field field : task.getClass().getDeclaredFields()) {
            if (serverType.isAssignableFrom(field.getType())) {
                field.setAccessible(true);
                return (AcceptingChannel<?>) field.get(task);
            }
        }
        return null;
    }

    @SuppressWarnings("unchecked") // Undertow's listener is one for any channel that accepts
    private static void invoke(ChannelListener<?> listener, AcceptingChannel<?> channel) {
        ChannelListeners.invokeChannelListener(
                channel, (ChannelListener<? super AcceptingChannel<?>>) listener);
    }

    /** Returns the key of a channel of XNIO. */
    SelectionKey keyOf(Channel channel) throws IOException {
        if (!(channel instanceof ConduitStreamSourceChannel source)
                || !handleType.isInstance(source.getConduit())) {
            throw new IOException(channel + " (expected: a channel of XNIO 3.8 with a key)");
        }
        try {
            return (SelectionKey) handleKey.invokeExact((Object) source.getConduit());
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    boolean hasTask() {
        synchronized (workLock) {
            return !workQueue.isEmpty();
        }
    }

    /**
     * Says whether the thread that turns the loop is about to wait, so that a thread that posts a
     * task wakes it.
     */
    void polling(boolean now) {
        polling.setVolatile(thread, now);
    }

    /** Hands on what is ready on one key. */
    void ready(SelectionKey key) throws Exception {
        if (!handleType.isInstance(key.attachment()) || key.interestOps() == 0) {
            return;
        }
        try {
            handleReady.invokeExact(key.attachment(), key.readyOps());
        } catch (Exception | Error thrown) {
            throw thrown;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
