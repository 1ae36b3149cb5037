package dev.treadle.internal.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.stream.Stream;

/** Stacks as JDK 21 to 28 have them. */
final class StackCauseTest {
    private static final int NATIVE = -2;
    private static final String APP = "com.example.Shop.price";
    private static final String PARK = "jdk.internal.misc.Unsafe.park!";

    /** Frames are class and method; an exclamation mark is for a native method. */
    private static List<StackTraceElement> stack(String... frames) {
        return Stream.of(frames)
                .map(frame -> {
                    boolean isNative = frame.endsWith("!");
                    String name = isNative ? frame.substring(0, frame.length() - 1) : frame;
                    int dot = name.lastIndexOf('.');
                    return new StackTraceElement(
                            name.substring(0, dot),
                            name.substring(dot + 1),
                            "Some.java",
                            isNative ? NATIVE : 1);
                })
                .toList();
    }

    private static Arguments row(
            StackCause expected, Thread.State state, double cpuShare, String... frames) {
        return Arguments.of(expected, state, cpuShare, stack(frames));
    }

    static Stream<Arguments> slices() {
        Thread.State runs = Thread.State.RUNNABLE;
        Thread.State waits = Thread.State.WAITING;
        Thread.State sleeps = Thread.State.TIMED_WAITING;
        return Stream.of(
                row(StackCause.COMPUTES, runs, 0.9, APP),
                row(StackCause.COMPUTES, runs, 0.5, "java.util.HashMap.get", APP),
                row(StackCause.COMPUTES_OR_NATIVE, runs, StackCause.UNKNOWN_SHARE, APP),
                row(StackCause.COMPUTES_OR_NATIVE, runs, StackCause.UNKNOWN_SHARE),
                row(StackCause.NO_CPU, runs, 0.01, APP),
                row(StackCause.COMPUTES, runs, 0.05, APP), // on a machine that is overloaded
                row(StackCause.NATIVE, runs, 0.01, "com.example.Jni.call!", APP),
                row(StackCause.NATIVE, runs, 0.01, "java.util.zip.Inflater.inflate!", APP),
                row(StackCause.REGEX, runs, 0.9, "java.util.regex.Pattern$Loop.match", APP),
                row(
                        StackCause.HOST_NAME,
                        runs,
                        0,
                        "java.net.Inet6AddressImpl.lookupAllHostAddr!",
                        "java.net.InetAddress.getAllByName",
                        "com.mysql.cj.protocol.StandardSocketFactory.connect",
                        APP),
                row(StackCause.PROCESS, runs, 0, "java.lang.ProcessImpl.forkAndExec!", APP),
                row(StackCause.FILE, runs, 0, "java.io.FileInputStream.readBytes!", APP),
                row(StackCause.FILE, runs, 0, "sun.nio.ch.UnixFileDispatcherImpl.force0!", APP),
                row(
                        StackCause.CLASS_LOADING,
                        runs,
                        0.9,
                        "java.lang.ClassLoader.defineClass1!",
                        APP),
                row(
                        StackCause.CLASS_LOADING,
                        runs,
                        0.9,
                        "java.io.RandomAccessFile.readBytes!",
                        "java.util.zip.ZipFile$Source.readAt",
                        "jdk.internal.loader.URLClassPath$Loader.getResource",
                        APP),
                row(
                        StackCause.CLASS_LOADING,
                        runs,
                        0.9,
                        "java.util.zip.Inflater.inflate",
                        "org.apache.catalina.loader.WebappClassLoaderBase.findClass",
                        APP),
                row(StackCause.MONITOR, Thread.State.BLOCKED, 0, APP),
                row(
                        StackCause.OBJECT_WAIT,
                        waits,
                        0,
                        "java.lang.Object.wait0!",
                        "java.lang.Object.wait",
                        APP),
                row(
                        StackCause.PINNED,
                        waits,
                        0,
                        PARK,
                        "java.lang.VirtualThread.parkOnCarrierThread",
                        "java.util.concurrent.locks.LockSupport.park",
                        APP),
                row(
                        StackCause.NATIVE_BELOW,
                        waits,
                        0,
                        PARK,
                        "java.lang.VirtualThread.parkOnCarrierThread",
                        "com.example.Callback.called",
                        "com.example.Jni.call!",
                        APP),
                row(
                        StackCause.INITIALISER_SLEEPS,
                        sleeps,
                        0,
                        PARK,
                        "java.lang.VirtualThread.parkOnCarrierThread",
                        "java.lang.VirtualThread.sleepNanos",
                        "java.lang.Thread.sleep",
                        "com.example.Registry.<clinit>",
                        APP),
                row(
                        StackCause.INITIALISER_WAITS,
                        waits,
                        0,
                        PARK,
                        "java.lang.VirtualThread.parkOnCarrierThread",
                        "com.example.Registry.<clinit>",
                        APP),
                row(StackCause.INITIALISER_WAITS, runs, 0, "com.example.Registry.<clinit>", APP),
                row(StackCause.INITIALISER, runs, 0.9, "com.example.Registry.<clinit>", APP));
    }

    @ParameterizedTest
    @MethodSource("slices")
    void theCauseOfALongSliceIsFoundFromItsStack(
            StackCause expected,
            Thread.State state,
            double cpuShare,
            List<StackTraceElement> stack) {
        assertThat(StackCause.ofSlice(state, stack, cpuShare)).isEqualTo(expected);
    }

    static Stream<Arguments> requests() {
        Thread.State runs = Thread.State.RUNNABLE;
        Thread.State waits = Thread.State.WAITING;
        String lock = "java.util.concurrent.locks.ReentrantLock.lock";
        return Stream.of(
                row(StackCause.NO_THREAD, runs, 0),
                row(StackCause.RUNS, runs, 0, APP),
                row(StackCause.READY, runs, 0, PARK, "java.lang.VirtualThread.park", APP),
                row(StackCause.LOCK, waits, 0, PARK, lock, APP),
                row(StackCause.LOCK, Thread.State.BLOCKED, 0, APP),
                row(StackCause.SLEEPS, waits, 0, PARK, "java.lang.Thread.sleep", APP),
                row(StackCause.SOCKET, runs, 0, "sun.nio.ch.Net.poll!", APP),
                row(
                        StackCause.POOL,
                        waits,
                        0,
                        PARK,
                        "com.zaxxer.hikari.pool.HikariPool.getConnection",
                        APP),
                row(
                        StackCause.OTHER_THREAD,
                        waits,
                        0,
                        PARK,
                        "java.util.concurrent.CountDownLatch.await",
                        APP),
                row(
                        StackCause.HOST_NAME,
                        runs,
                        0,
                        "java.net.Inet4AddressImpl.lookupAllHostAddr!",
                        "java.net.InetAddress.getAllByName",
                        APP),
                row(StackCause.FILE, runs, 0, "java.io.FileInputStream.readBytes!", APP));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void theCauseOfARequestThatRunsTooLongIsFoundFromItsStack(
            StackCause expected,
            Thread.State state,
            double cpuShare,
            List<StackTraceElement> stack) {
        assertThat(StackCause.ofRequest(state, stack)).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void eachCauseIsASentenceWithAnAdvice(StackCause cause) {
        assertThat(cause.sentence()).matches("(it|no thread) .*[^.]");
        assertThat(cause.advice()).matches("[A-Z].*[.]");
    }

    @Test
    void theLineOfTheApplicationIsText() {
        assertThat(StackFrames.textOfApplication(stack(PARK, "org.postgresql.Driver.connect", APP)))
                .isEqualTo("com.example.Shop.price(Some.java:1)");
        assertThat(StackFrames.textOfApplication(stack(PARK))).isEmpty();
    }
}
