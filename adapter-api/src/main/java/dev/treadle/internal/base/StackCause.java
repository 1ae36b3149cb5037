package dev.treadle.internal.base;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.Predicate;

/**
 * The reason why a thread does not come to an end, or does not give way, found from its stack, with
 * the remedy. The tables hold classes of JDK 21 to 28. The first entry that fits counts.
 */
public enum StackCause {
    /** A sleep in a static initialiser. */
    INITIALISER_SLEEPS(
            "it sleeps inside a class initialiser, which pins the carrier",
            "Do not wait in a static initialiser; wait in a method that is called at the start."),
    /** Any other wait in a static initialiser. */
    INITIALISER_WAITS(
            "it waits inside a class initialiser, which pins the carrier",
            "Do not wait in a static initialiser; wait in a method that is called at the start."),
    /** A static initialiser that runs. */
    INITIALISER(
            "it initialises a class",
            "Initialise the class at the start of the application, before requests come."),
    /** A look-up of a name, which is a native call on every JDK. */
    HOST_NAME(
            "it resolves a host name",
            "Keep connections open, cache addresses, or check the name server."),
    /** The start of a process. */
    PROCESS(
            "it starts a process",
            "Start fewer processes, or start them on a pool of platform threads."),
    /** A file. */
    FILE(
            "it reads or writes a file",
            "Check the disk, or read and write files on a pool of platform threads."),
    /** A class that is loaded. */
    CLASS_LOADING(
            "it loads a class",
            "Load the class at the start of the application, before requests come."),
    /** A monitor that another thread has. */
    MONITOR(
            "it waits for a monitor (synchronized), which pins the carrier on this JDK",
            "Use a ReentrantLock instead of synchronized, or run JDK 24 or newer."),
    /** A wait on a monitor. */
    OBJECT_WAIT(
            "it waits in Object.wait, which pins the carrier on this JDK",
            "Use a Condition instead of Object.wait, or run JDK 24 or newer."),
    /** A wait below a native frame. */
    NATIVE_BELOW(
            "it waits while native code is on its stack, which pins the carrier",
            "Do not wait in a method that native code calls."),
    /** A wait of a thread that cannot be unmounted for another reason. */
    PINNED(
            "it waits while its carrier is pinned",
            "Look for synchronized on the stack; use a ReentrantLock there, or run JDK 24 or newer."),
    /** A native method. */
    NATIVE(
            "it waits inside native code, which pins the carrier",
            "Call the native code on a pool of platform threads."),
    /** A regular expression. */
    REGEX(
            "it computes in a regular expression",
            "Check the pattern for nested repetitions, and bound the length of the text."),
    /** No processor time was used, and no frame tells why. */
    NO_CPU(
            "it uses no processor: it waits inside native code, or for a class that another thread initialises",
            "Call native code on a pool of platform threads, and initialise classes at the start."),
    /** It is not known whether processor time was used. */
    COMPUTES_OR_NATIVE(
            "it computes, or waits inside native code",
            "Make this code shorter, give way in between with Greenlets.yield(), or run it on a pool of platform threads."),
    /** Nothing else fits. */
    COMPUTES(
            "it computes",
            "Make this code shorter, give way in between with Greenlets.yield(), or run it on a pool of platform threads."),

    // of requests that run too long

    /** No thread runs for the request. */
    NO_THREAD(
            "no thread runs for it now",
            "Check that each path of the asynchronous code completes the request."),
    /** Bytes of a connection. */
    SOCKET(
            "it waits for bytes of a connection",
            "Set timeouts for connecting and reading on the client, and check the other side."),
    /** A lock. */
    LOCK(
            "it waits for a lock",
            "Find the owner of the lock in a thread dump; hold the lock for a shorter time."),
    /** A sleep. */
    SLEEPS("it sleeps", "Wait for a condition with a time limit instead of sleeping."),
    /** A pool of connections, or an inner limit. */
    POOL(
            "it waits for a connection of a pool, or for a place in a limit",
            "Find the requests that hold the connections; set a shorter time limit of the pool."),
    /** Another thread. */
    OTHER_THREAD(
            "it waits for another thread",
            "Give the wait a time limit, and find out what the other thread does."),
    /** A thread that could go on. */
    READY(
            "it could go on, and waits for its hub or for a processor",
            "Look for reports of long slices, and at the load of the processors."),
    /** A request that runs. */
    RUNS("it computes", "Make the work smaller, or check Thread.interrupted() in its loop.");

    /**
     * The share of a processor below which a thread waits rather than computes. A thread that waits
     * in native code uses next to nothing. One that computes had less than a tenth in a test, on
     * two cores with a load of 19.
     */
    private static final double WAITS_BELOW = 0.02;

    /** Shares are not known. */
    public static final double UNKNOWN_SHARE = -1;

    private record Row(StackCause cause, Predicate<StackTraceElement> frame) {}

    /** Causes that one frame tells: one of the JDK's on top of the stack, or the next below. */
    private static final List<Row> BY_FRAME =
            List.of(
                    new Row(HOST_NAME, of("java.net.Inet")),
                    new Row(PROCESS, StackCause::startsProcess),
                    new Row(
                            CLASS_LOADING,
                            of(
                                    "java.lang.ClassLoader",
                                    "java.net.URLClassLoader",
                                    "jdk.internal.loader.",
                                    "org.apache.catalina.loader.",
                                    "org.springframework.boot.loader.")),
                    new Row(
                            FILE,
                            of(
                                    "java.io.File",
                                    "java.io.RandomAccessFile",
                                    "java.io.UnixFileSystem",
                                    "java.io.WinNTFileSystem",
                                    "sun.nio.ch.FileDispatcher",
                                    "sun.nio.ch.UnixFileDispatcher",
                                    "sun.nio.fs.")),
                    new Row(REGEX, of("java.util.regex.")));

    private final String sentence;
    private final String advice;

    StackCause(String sentence, String advice) {
        this.sentence = sentence;
        this.advice = advice;
    }

    /** Returns one plain sentence, without a full stop. */
    public String sentence() {
        return sentence;
    }

    /** Returns what to do, as one sentence. */
    public String advice() {
        return advice;
    }

    /** A wait for the end of a process is in the same class. */
    private static boolean startsProcess(StackTraceElement frame) {
        return frame.getClassName().equals("java.lang.ProcessBuilder")
                || (frame.getClassName().equals("java.lang.ProcessImpl")
                        && List.of("start", "<init>", "forkAndExec")
                                .contains(frame.getMethodName()));
    }

    private static Predicate<StackTraceElement> of(String... prefixes) {
        List<String> all = List.of(prefixes);
        return frame -> StackFrames.isOf(all, frame);
    }

    /**
     * Returns the reason why a greenlet holds its hub.
     *
     * @param state the state of the greenlet, read after the stack
     * @param stack its stack, the top first; empty if unknown
     * @param cpuShare the processor time that its carrier used, as a part of the time that passed;
     *     {@link #UNKNOWN_SHARE} if unknown
     */
    public static StackCause ofSlice(
            Thread.State state, List<StackTraceElement> stack, double cpuShare) {
        if (stack.stream().anyMatch(frame -> frame.getMethodName().equals("<clinit>"))) {
            return ofInitialiser(state, stack, cpuShare);
        }
        StackCause byFrame = byFrame(stack);
        if (byFrame != null) {
            return byFrame;
        }
        if (state == Thread.State.BLOCKED) {
            return MONITOR;
        }
        if (WaitFrames.isParked(stack)) {
            return ofParked(stack);
        }
        if (!stack.isEmpty() && stack.getFirst().isNativeMethod()) {
            return NATIVE;
        }
        if (cpuShare < 0) {
            return COMPUTES_OR_NATIVE;
        }
        return cpuShare < WAITS_BELOW ? NO_CPU : COMPUTES;
    }

    private static StackCause ofInitialiser(
            Thread.State state, List<StackTraceElement> stack, double cpuShare) {
        if (WaitFrames.cause(state, stack) == WaitFrames.Cause.SLEEP) {
            return INITIALISER_SLEEPS;
        }
        boolean waits =
                state == Thread.State.BLOCKED
                        || WaitFrames.isParked(stack)
                        || (cpuShare >= 0 && cpuShare < WAITS_BELOW);
        return waits ? INITIALISER_WAITS : INITIALISER;
    }

    private static @Nullable StackCause byFrame(List<StackTraceElement> stack) {
        for (Row row : BY_FRAME) {
            for (StackTraceElement frame : stack) {
                if (row.frame().test(frame)) {
                    return row.cause();
                }
                if (!StackFrames.isOfJdk(frame)) {
                    break;
                }
            }
        }
        return null;
    }

    private static StackCause ofParked(List<StackTraceElement> stack) {
        if (stack.stream()
                .dropWhile(WaitFrames::isPark)
                .anyMatch(StackTraceElement::isNativeMethod)) {
            return NATIVE_BELOW;
        }
        return stack.getFirst().getClassName().equals("java.lang.Object") ? OBJECT_WAIT : PINNED;
    }

    /**
     * Returns the reason why a request has not ended.
     *
     * @param state the state of its thread, read after the stack
     * @param stack the stack of its thread, the top first; empty if no thread runs for it
     */
    public static StackCause ofRequest(Thread.State state, List<StackTraceElement> stack) {
        if (stack.isEmpty()) {
            return NO_THREAD;
        }
        StackCause byFrame = byFrame(stack);
        if (byFrame != null) {
            return byFrame;
        }
        return switch (WaitFrames.cause(state, stack)) {
            case NONE -> WaitFrames.isParked(stack) ? READY : RUNS;
            case SOCKET -> SOCKET;
            case LOCK -> LOCK;
            case SLEEP -> SLEEPS;
            case POOL -> POOL;
            case OTHER -> OTHER_THREAD;
        };
    }
}
