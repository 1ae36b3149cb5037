package dev.treadle.internal;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The one place that reaches into the JDK for a virtual thread with a scheduler of our own.
 *
 * <p>The JDK has no public way yet (the API is work in progress in the Loom repository). {@code
 * java.lang.ThreadBuilders.newVirtualThread(Executor, String, int, Runnable)} is there on JDK 21 to
 * 25, package-private, and can be called once {@code java.base/java.lang} is open to this code.
 * Whether it can is found out once, by running a virtual thread on a scheduler of our own, before
 * anything is started. No Unsafe. Safe for any thread.
 */
public final class JdkHubAccess {
    /**
     * {@code Thread.NO_INHERIT_THREAD_LOCALS}: a request has nothing to inherit from the selector
     * that started it.
     */
    private static final int NO_INHERIT_THREAD_LOCALS = 1 << 2;

    private static final @Nullable MethodHandle NEW_VIRTUAL_THREAD;
    private static final @Nullable MethodHandle CURRENT_CARRIER;
    private static final @Nullable String PROBLEM;
    private static final boolean SCHEDULERS_KEEP_TIMERS;

    /** Since when VirtualThread asks a scheduler to keep timers; nothing is tried before. */
    private static final int FIRST_THAT_ASKS = 25;

    static {
        MethodHandle newVirtualThread = null;
        MethodHandle currentCarrier = null;
        String problem = null;
        try {
            newVirtualThread =
                    handle(
                            "java.lang.ThreadBuilders",
                            "newVirtualThread",
                            MethodType.methodType(
                                    Thread.class,
                                    Executor.class,
                                    String.class,
                                    int.class,
                                    Runnable.class));
            currentCarrier =
                    handle(
                            "java.lang.Thread",
                            "currentCarrierThread",
                            MethodType.methodType(Thread.class));
            problem = trial(newVirtualThread);
        } catch (InaccessibleObjectException notOpen) {
            problem = "java.base/java.lang is not open to " + opener() + ". " + remedy();
        } catch (ReflectiveOperationException changed) {
            problem =
                    "this JDK ("
                            + Runtime.version()
                            + ") has no java.lang.ThreadBuilders.newVirtualThread as JDK 21 to 25"
                            + " have it; run on JDK 21 to 25, or use --virtual";
        }
        NEW_VIRTUAL_THREAD = newVirtualThread;
        CURRENT_CARRIER = currentCarrier;
        PROBLEM = problem;
        SCHEDULERS_KEEP_TIMERS =
                newVirtualThread != null
                        && problem == null
                        && Runtime.version().feature() >= FIRST_THAT_ASKS
                        && timerTrial(newVirtualThread);
    }

    private JdkHubAccess() {}

    private static MethodHandle handle(String className, String method, MethodType type)
            throws ReflectiveOperationException {
        var reflected = Class.forName(className).getDeclaredMethod(method, type.parameterArray());
        reflected.setAccessible(true);
        return MethodHandles.lookup().unreflect(reflected).asType(type);
    }

    /**
     * Runs one virtual thread on a scheduler of our own; returns what is wrong, or null if all is
     * well.
     */
    private static @Nullable String trial(MethodHandle newVirtualThread) {
        var scheduled = new LinkedBlockingQueue<Runnable>();
        Trial trial = new Trial();
        try {
            Thread thread =
                    (Thread)
                            newVirtualThread.invokeExact(
                                    (Executor) scheduled::add,
                                    "treadle-trial",
                                    NO_INHERIT_THREAD_LOCALS,
                                    (Runnable) trial);
            thread.start();
        } catch (Throwable broken) {
            return "this JDK ("
                    + Runtime.version()
                    + ") makes no virtual thread on a scheduler of ours: "
                    + broken;
        }
        Runnable slice = scheduled.poll();
        if (slice != null) {
            runOnPlatformThread(slice);
        }
        return trial.ran
                ? null
                : "this JDK ("
                        + Runtime.version()
                        + ") does not run a virtual thread on the scheduler it was given;"
                        + " use --virtual";
    }

    /**
     * What the trial runs. A class of its own: a lambda of the outer class would wait for the end
     * of its initialisation, of which the trial is a part.
     */
    private static final class Trial implements Runnable {
        private volatile boolean ran;

        @Override
        public void run() {
            ran = true;
        }
    }

    /**
     * Lets a virtual thread park with a limit on a scheduler that is a ForkJoinPool by type, and
     * says whether the JDK had that keep the timer, and cancelled it.
     */
    private static boolean timerTrial(MethodHandle newVirtualThread) {
        var slices = new LinkedBlockingQueue<Runnable>();
        HubTimers timers = new HubTimers();
        TimerTrial trial = new TimerTrial();
        try {
            Thread thread =
                    (Thread)
                            newVirtualThread.invokeExact(
                                    (Executor)
                                            new TimedScheduler(slices::add, trial.keptIn(timers)),
                                    "treadle-trial",
                                    NO_INHERIT_THREAD_LOCALS,
                                    (Runnable) trial);
            thread.start();
            for (Runnable slice = slices.poll(); slice != null; slice = slices.poll()) {
                runOnPlatformThread(slice);
                LockSupport.unpark(thread);
            }
        } catch (Throwable differs) {
            System.getLogger("dev.treadle.hub")
                    .log(System.Logger.Level.DEBUG, "timers stay with the JDK", differs);
            return false;
        }
        return trial.ran && trial.asked.get() == 1 && timers.isEmpty();
    }

    /** As {@link Trial}. */
    private static final class TimerTrial implements Runnable {
        private static final long LONG_NANOS = TimeUnit.DAYS.toNanos(1);

        private final AtomicInteger asked = new AtomicInteger();
        private volatile boolean ran;

        @Override
        public void run() {
            LockSupport.parkNanos(this, LONG_NANOS);
            ran = true;
        }

        TimedScheduler.Timers keptIn(HubTimers timers) {
            return (command, delay, unit) -> {
                asked.incrementAndGet();
                return timers.schedule(command, unit.toNanos(delay));
            };
        }
    }

    /** Virtual threads cannot be carriers, and who asks first may be on one. */
    private static void runOnPlatformThread(Runnable slice) {
        if (!Thread.currentThread().isVirtual()) {
            slice.run();
            return;
        }
        Thread carrier = Thread.ofPlatform().daemon().name("treadle-trial").start(slice);
        boolean interrupted = false;
        while (carrier.isAlive()) {
            try {
                carrier.join();
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static String opener() {
        Module module = JdkHubAccess.class.getModule();
        return module.isNamed() ? "module " + module.getName() : "the class path";
    }

    private static String remedy() {
        Module module = JdkHubAccess.class.getModule();
        String option =
                "--add-opens java.base/java.lang="
                        + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
        return "Do one of: start java with "
                + option
                + "; set the environment variable JDK_JAVA_OPTIONS=\""
                + option
                + "\"; or put \"Add-Opens: java.base/java.lang\" into the manifest of the jar given to java -jar";
    }

    /**
     * Says why hubs cannot be had on this JVM.
     *
     * @return what is wrong and the remedy, or empty if hubs can be had
     */
    public static Optional<String> problem() {
        return Optional.ofNullable(PROBLEM);
    }

    /**
     * Whether a scheduler that is a ForkJoinPool by type is asked to keep the timers of its virtual
     * threads ({@code VirtualThread.schedule}, JDK 25). Else the JDK keeps them, in a queue and a
     * thread of its own for all.
     */
    static boolean schedulersKeepTimers() {
        return SCHEDULERS_KEEP_TIMERS;
    }

    /**
     * Makes a virtual thread that {@code scheduler} runs, not started yet. It inherits no
     * thread-locals.
     *
     * @param scheduler gets the thread's next slice each time the thread becomes runnable
     * @throws IllegalStateException if hubs cannot be had on this JVM, see {@link #problem}
     */
    static Thread newVirtualThread(Executor scheduler, String name, Runnable task) {
        MethodHandle method = NEW_VIRTUAL_THREAD;
        if (method == null || PROBLEM != null) {
            throw new IllegalStateException("no hubs on this JVM: " + PROBLEM);
        }
        try {
            return (Thread) method.invokeExact(scheduler, name, NO_INHERIT_THREAD_LOCALS, task);
        } catch (Error | RejectedExecutionException broken) {
            throw broken;
        } catch (Throwable broken) {
            throw new IllegalStateException(
                    "cannot make a virtual thread on a scheduler of ours", broken);
        }
    }

    /**
     * Returns the virtual thread that a slice is of, for reports. The JDK hands a scheduler the
     * method reference {@code this::runContinuation} (VirtualThread, JDK 21 to 25), which holds its
     * thread in its one field.
     *
     * @return null if that cannot be told: the slice is no virtual thread's, or this JDK differs
     */
    static @Nullable Thread threadOf(Runnable slice) {
        try {
            for (Field field : slice.getClass().getDeclaredFields()) {
                if (Thread.class.isAssignableFrom(field.getType())) {
                    field.setAccessible(true);
                    return (Thread) field.get(slice);
                }
            }
        } catch (ReflectiveOperationException | RuntimeException unknown) {
            return null;
        }
        return null;
    }

    /**
     * Returns the platform thread under the current thread: its carrier if it is virtual, else
     * itself.
     */
    static Thread currentCarrier() {
        MethodHandle method = CURRENT_CARRIER;
        if (method == null) {
            return Thread.currentThread();
        }
        try {
            return (Thread) method.invokeExact();
        } catch (Error broken) {
            throw broken;
        } catch (Throwable broken) {
            throw new IllegalStateException("cannot tell the carrier", broken);
        }
    }

    /** Found when it is first asked for: only tests of an application ask. */
    private static final class CarrierField {
        private static final @Nullable MethodHandle GETTER = getter();

        private static @Nullable MethodHandle getter() {
            try {
                var field =
                        Class.forName("java.lang.VirtualThread").getDeclaredField("carrierThread");
                field.setAccessible(true);
                return MethodHandles.lookup()
                        .unreflectGetter(field)
                        .asType(MethodType.methodType(Thread.class, Thread.class));
            } catch (ReflectiveOperationException | InaccessibleObjectException notThere) {
                return null;
            }
        }
    }

    /**
     * Returns the carrier of a virtual thread, from any thread; null if it is on none now.
     *
     * @throws IllegalStateException if this JDK does not tell
     */
    static @Nullable Thread carrierOf(Thread virtual) {
        MethodHandle getter = CarrierField.GETTER;
        if (getter == null) {
            throw new IllegalStateException(
                    "this JDK ("
                            + Runtime.version()
                            + ") has no java.lang.VirtualThread.carrierThread as JDK 21 to 25 have it,"
                            + " or java.base/java.lang is not open");
        }
        try {
            return (@Nullable Thread) getter.invokeExact(virtual);
        } catch (Error broken) {
            throw broken;
        } catch (Throwable broken) {
            throw new IllegalStateException("cannot tell the carrier of " + virtual, broken);
        }
    }
}
