package dev.treadle.internal.hub;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InaccessibleObjectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The one place that reaches into the JDK for a virtual thread with a scheduler of our own.
 *
 * <p>The JDK has no public way yet (the API is work in progress in the Loom repository). {@code
 * java.lang.ThreadBuilders.newVirtualThread(Executor, String, int, Runnable)} is there on JDK 21 to
 * 28, package-private, and can be called once {@code java.base/java.lang} is open to this code. A
 * trial checks this once, before anything is started: it runs a virtual thread on a scheduler of
 * our own. No Unsafe is used. Safe for any thread.
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
    private static final boolean TELLS_SLICES_APART;
    private static final boolean UNBLOCKER_UNKNOWN;
    private static final @Nullable Thread UNBLOCKER;
    private static final List<String> SHORTCOMINGS;

    /** The first JDK that unmounts a virtual thread which waits for a monitor (JEP 491). */
    private static final int FIRST_THAT_UNMOUNTS = 24;

    /** The first JDK whose VirtualThread asks a scheduler to keep timers. */
    private static final int FIRST_THAT_ASKS = 25;

    static {
        MethodHandle newVirtualThread = null;
        MethodHandle currentCarrier = null;
        String problem;
        List<String> shortcomings = new ArrayList<>();
        boolean keepTimers = false;
        boolean tellsApart = false;
        String unknownUnblocker = null;
        AtomicReference<@Nullable Thread> unblocker = new AtomicReference<>();
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
            JdkTrial.NewThread threads = threads(newVirtualThread);
            problem = JdkTrial.ofHubs(threads, currentCarrier);
            if (problem == null) {
                keepTimers = keepsTimers(threads, shortcomings);
                tryReports(threads, keepTimers, shortcomings);
                tellsApart = tellsSlicesApart(threads, keepTimers, shortcomings);
                unknownUnblocker = findUnblocker(threads, unblocker, shortcomings);
            } else {
                problem = thisJdk() + " " + problem + "; use --virtual";
            }
        } catch (InaccessibleObjectException notOpen) {
            problem = "java.base/java.lang is not open to " + opener() + ". " + remedy();
        } catch (ReflectiveOperationException changed) {
            problem =
                    thisJdk()
                            + " has no java.lang.ThreadBuilders.newVirtualThread as JDK 21 to 28"
                            + " have it; run on JDK 21 to 28, or use --virtual";
        }
        NEW_VIRTUAL_THREAD = newVirtualThread;
        CURRENT_CARRIER = currentCarrier;
        PROBLEM = problem;
        SCHEDULERS_KEEP_TIMERS = keepTimers;
        TELLS_SLICES_APART = tellsApart;
        UNBLOCKER_UNKNOWN = unknownUnblocker != null;
        UNBLOCKER = unblocker.get();
        SHORTCOMINGS = List.copyOf(shortcomings);
    }

    private static boolean keepsTimers(JdkTrial.NewThread threads, List<String> shortcomings) {
        if (Runtime.version().feature() < FIRST_THAT_ASKS) {
            return false;
        }
        String problem = JdkTrial.ofTimers(threads, TimedScheduler::new);
        if (problem != null) {
            shortcomings.add("timers kept by the JDK, which is slower: " + problem);
        }
        return problem == null;
    }

    private static void tryReports(
            JdkTrial.NewThread threads, boolean keepTimers, List<String> shortcomings) {
        String problem = JdkTrial.ofReports(threads, keepTimers);
        if (problem != null) {
            shortcomings.add("long slices reported without their greenlet: " + problem);
        }
    }

    private static boolean tellsSlicesApart(
            JdkTrial.NewThread threads, boolean keepTimers, List<String> shortcomings) {
        String problem = JdkTrial.ofSliceKeys(threads, keepTimers);
        if (problem != null) {
            shortcomings.add("slices and processor time of a request not counted: " + problem);
        }
        return problem == null;
    }

    private static @Nullable String findUnblocker(
            JdkTrial.NewThread threads,
            AtomicReference<@Nullable Thread> unblocker,
            List<String> shortcomings) {
        if (Runtime.version().feature() < FIRST_THAT_UNMOUNTS) {
            return null;
        }
        String problem = JdkTrial.ofMonitors(threads, unblocker::set);
        if (problem != null) {
            shortcomings.add("loops woken by way of one more thread: " + problem);
        }
        return problem;
    }

    private JdkHubAccess() {}

    private static MethodHandle handle(String className, String method, MethodType type)
            throws ReflectiveOperationException {
        var reflected = Class.forName(className).getDeclaredMethod(method, type.parameterArray());
        reflected.setAccessible(true);
        return MethodHandles.lookup().unreflect(reflected).asType(type);
    }

    private static JdkTrial.NewThread threads(MethodHandle newVirtualThread) {
        return (scheduler, name, task) ->
                (Thread)
                        newVirtualThread.invokeExact(
                                scheduler, name, NO_INHERIT_THREAD_LOCALS, task);
    }

    private static String thisJdk() {
        return "this JDK (" + Runtime.version() + ")";
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
     * @return the problem and its remedy, or empty if hubs are available
     */
    public static Optional<String> problem() {
        return Optional.ofNullable(PROBLEM);
    }

    /**
     * Says what hubs do without on this JVM, for the start line. Empty on the JDKs that this
     * version was tested with.
     */
    public static List<String> shortcomings() {
        return SHORTCOMINGS;
    }

    /**
     * Whether a scheduler that is a ForkJoinPool by type is asked to keep the timers of its virtual
     * threads ({@code VirtualThread.schedule}, JDK 25 and later). Otherwise the JDK keeps them, in
     * one queue and one thread of its own for all schedulers.
     */
    static boolean schedulersKeepTimers() {
        return SCHEDULERS_KEEP_TIMERS;
    }

    /**
     * Whether the slices of one virtual thread are told from those of others ({@link SliceKey}).
     */
    public static boolean tellsSlicesApart() {
        return TELLS_SLICES_APART;
    }

    /**
     * Makes a virtual thread that {@code scheduler} runs, not started yet. It inherits no
     * thread-locals.
     *
     * @param scheduler gets the thread's next slice each time the thread becomes runnable
     * @throws IllegalStateException if hubs cannot be had on this JVM, see {@link #problem}
     */
    public static Thread newVirtualThread(Executor scheduler, String name, Runnable task) {
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
     * Returns the platform thread under the current thread: its carrier if it is virtual, else
     * itself.
     */
    public static Thread currentCarrier() {
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

    /**
     * Whether the current thread is, or may be, the one by which the JDK hands over every virtual
     * thread that has waited for a monitor ({@code VirtualThread-unblocker}, JDK 24 and later). It
     * must not wait for a monitor: that may be promised to a virtual thread which it has yet to
     * hand over, and then no virtual thread of the JVM leaves such a wait any more.
     */
    static boolean mayBeUnblocker() {
        Thread current = Thread.currentThread();
        return UNBLOCKER_UNKNOWN ? !current.isVirtual() : current.equals(UNBLOCKER);
    }

    /** Found when it is first asked for: only tests of an application ask. */
    private static final class CarrierField {
        private static final @Nullable MethodHandle GETTER = getter();

        private static @Nullable MethodHandle getter() {
            try {
                var field =
                        Class.forName("java.lang.VirtualThread").getDeclaredField("carrierThread");
                field.setAccessible(true);
                MethodHandle getter =
                        MethodHandles.lookup()
                                .unreflectGetter(field)
                                .asType(MethodType.methodType(Thread.class, Thread.class));
                Thread ofNone = (Thread) getter.invokeExact(Thread.ofVirtual().unstarted(() -> {}));
                return ofNone == null ? getter : null;
            } catch (Error broken) {
                throw broken;
            } catch (Throwable notThere) {
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
                            + ") has no java.lang.VirtualThread.carrierThread as JDK 21 to 28 have it,"
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
