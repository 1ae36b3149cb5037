package dev.treadle.agent.core;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.util.concurrent.Executor;

/**
 * Makes virtual threads that the JDK's own scheduler runs. A virtual thread inherits the scheduler
 * of the virtual thread that makes it. So a worker of a pool would stay on the hub of the first
 * request that gives it a task, for as long as the pool lives. The JDK's own scheduler is that of a
 * virtual thread which a platform thread has made.
 *
 * <p>Hubs need the same method of the JDK. Where it is missing there are no hubs to avoid.
 */
final class OffHubs {
    private static final int INHERIT = 0;
    private static final int NO_INHERIT_THREAD_LOCALS = 1 << 2;

    private static final @Nullable MethodHandle NEW_VIRTUAL_THREAD = newVirtualThread();

    private final Executor scheduler;

    private OffHubs(Executor scheduler) {
        this.scheduler = scheduler;
    }

    /**
     * Called by a platform thread, once {@code java.lang} is open.
     *
     * @return null: this JDK has no hubs
     * @throws IllegalArgumentException if this cannot be had though there may be hubs
     */
    static @Nullable OffHubs find() {
        if (NEW_VIRTUAL_THREAD == null) {
            return null;
        }
        Thread virtual = Thread.ofVirtual().unstarted(() -> {});
        try {
            var field = virtual.getClass().getDeclaredField("scheduler");
            field.setAccessible(true);
            OffHubs found = new OffHubs((Executor) field.get(virtual));
            found.newThread("trial", false, () -> {});
            return found;
        } catch (ReflectiveOperationException | RuntimeException changed) {
            throw new IllegalArgumentException(
                    "monkey-patch of the agent: executors (expected: JDK 21 to 28, on which the"
                            + " scheduler of a virtual thread can be told; this JDK is "
                            + Runtime.version()
                            + ": "
                            + changed
                            + ")",
                    changed);
        }
    }

    private static @Nullable MethodHandle newVirtualThread() {
        try {
            Method method =
                    Class.forName("java.lang.ThreadBuilders")
                            .getDeclaredMethod(
                                    "newVirtualThread",
                                    Executor.class,
                                    String.class,
                                    int.class,
                                    Runnable.class);
            method.setAccessible(true);
            return MethodHandles.lookup()
                    .unreflect(method)
                    .asType(
                            MethodType.methodType(
                                    Thread.class,
                                    Executor.class,
                                    String.class,
                                    int.class,
                                    Runnable.class));
        } catch (ReflectiveOperationException | InaccessibleObjectException none) {
            return null;
        }
    }

    Thread newThread(String name, boolean inherits, Runnable task) {
        MethodHandle method = NEW_VIRTUAL_THREAD;
        if (method == null) {
            throw new IllegalStateException("no hubs on this JDK");
        }
        try {
            return (Thread)
                    method.invokeExact(
                            scheduler, name, inherits ? INHERIT : NO_INHERIT_THREAD_LOCALS, task);
        } catch (RuntimeException | Error failed) {
            throw failed;
        } catch (Throwable impossible) {
            throw new IllegalStateException("newVirtualThread", impossible);
        }
    }
}
