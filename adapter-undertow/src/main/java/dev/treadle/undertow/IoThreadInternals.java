package dev.treadle.undertow;

import org.jspecify.annotations.Nullable;
import org.xnio.XnioIoThread;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Optional;
import java.util.Queue;

/**
 * What it takes to go round the loop of an XNIO I/O thread on another thread: private parts of
 * {@code org.xnio.nio.WorkerThread} and {@code NioHandle}, the same in 3.8.16 and 3.8.17. Whether
 * this XNIO has them is found out before anything is installed; without them a hub is carried all
 * the same, and only its connections wait while its thread is held.
 */
final class IoThreadInternals {
    private final Selector selector;
    private final Object workLock;
    private final Queue<Runnable> workQueue;
    private final Field polling;
    private final XnioIoThread thread;
    private final Class<?> handleType;
    private final MethodHandle handleReady;
    private final Class<?> pauseType;

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
        this.polling = field(type, "polling", boolean.class);
        this.handleType = Class.forName("org.xnio.nio.NioHandle", false, type.getClassLoader());
        this.pauseType = Class.forName(type.getName() + "$SynchTask", false, type.getClassLoader());
        Method ready = handleType.getDeclaredMethod("handleReady", int.class);
        ready.setAccessible(true);
        this.handleReady =
                MethodHandles.lookup()
                        .unreflect(ready)
                        .asType(MethodType.methodType(void.class, Object.class, int.class));
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
        } catch (ReflectiveOperationException | RuntimeException differs) {
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
     * Whether the task only holds the I/O thread up until another thread has registered a channel
     * ({@code WorkerThread.SynchTask}), and can be left out: since JDK 11 a selector that selects
     * is in nobody's way. On another thread it would wait for ever, because it is the I/O thread
     * that is woken at its end.
     */
    boolean isPauseOfTheIoThread(Runnable task) {
        return pauseType.isInstance(task);
    }

    boolean hasTask() {
        synchronized (workLock) {
            return !workQueue.isEmpty();
        }
    }

    /** Says whether the thread that turns is about to wait, so that who posts a task wakes it. */
    void polling(boolean now) {
        try {
            polling.setBoolean(thread, now);
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
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
