package dev.treadle.internal.engine;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Array;
import java.time.Duration;
import java.util.Optional;

/**
 * A pipe that is read and written by native calls, so that a thread that reads it while it is empty
 * blocks in a native frame. By reflection: {@code java.lang.foreign} is a preview of JDK 21, which
 * this is compiled for, and can be called there all the same.
 */
final class NativePipe {
    private static final String PACKAGE = "java.lang.foreign.";
    private static final Object LINKER = call(type("Linker"), null, "nativeLinker", types());

    private final MethodHandle read =
            function("read", "JAVA_LONG", "JAVA_INT", "ADDRESS", "JAVA_LONG");
    private final MethodHandle write =
            function("write", "JAVA_LONG", "JAVA_INT", "ADDRESS", "JAVA_LONG");
    private final Object buffer;
    private final int from;
    private final int to;

    NativePipe() {
        Object arena = call(type("Arena"), null, "global", types());
        buffer =
                call(
                        type("Arena"),
                        arena,
                        "allocate",
                        types(long.class, long.class),
                        (long) Long.BYTES,
                        (long) Integer.BYTES);
        invoke(function("pipe", "JAVA_INT", "ADDRESS"), buffer);
        from = intAt(0);
        to = intAt(Integer.BYTES);
    }

    /** Another native call that blocks: sleeps. */
    static void sleep(Duration duration) {
        invoke(function("usleep", "JAVA_INT", "JAVA_INT"), (int) (duration.toNanos() / 1_000));
    }

    /** Takes one byte, and waits for it. */
    void read() {
        invoke(read, from, buffer, 1L);
    }

    /** Puts one byte in. */
    void write() {
        invoke(write, to, buffer, 1L);
    }

    void close() {
        MethodHandle close = function("close", "JAVA_INT", "JAVA_INT");
        invoke(close, from);
        invoke(close, to);
    }

    private int intAt(long offset) {
        return (int)
                call(
                        type("MemorySegment"),
                        buffer,
                        "get",
                        types(type("ValueLayout$OfInt"), long.class),
                        layout("JAVA_INT"),
                        offset);
    }

    private static MethodHandle function(String name, String result, String... arguments) {
        Object symbols = call(type("Linker"), LINKER, "defaultLookup", types());
        Optional<?> found =
                (Optional<?>)
                        call(type("SymbolLookup"), symbols, "find", types(String.class), name);
        Object layouts = Array.newInstance(type("MemoryLayout"), arguments.length);
        for (int i = 0; i < arguments.length; i++) {
            Array.set(layouts, i, layout(arguments[i]));
        }
        Object signature =
                call(
                        type("FunctionDescriptor"),
                        null,
                        "of",
                        types(type("MemoryLayout"), layouts.getClass()),
                        layout(result),
                        layouts);
        Object options = Array.newInstance(type("Linker$Option"), 0);
        return (MethodHandle)
                call(
                        type("Linker"),
                        LINKER,
                        "downcallHandle",
                        types(
                                type("MemorySegment"),
                                type("FunctionDescriptor"),
                                options.getClass()),
                        found.orElseThrow(),
                        signature,
                        options);
    }

    private static Object layout(String name) {
        try {
            return type("ValueLayout").getField(name).get(null);
        } catch (ReflectiveOperationException changed) {
            throw new LinkageError(name, changed);
        }
    }

    private static Class<?>[] types(Class<?>... types) {
        return types;
    }

    private static Class<?> type(String name) {
        try {
            return Class.forName(PACKAGE + name);
        } catch (ClassNotFoundException changed) {
            throw new LinkageError(name, changed);
        }
    }

    private static Object call(
            Class<?> type,
            @Nullable Object target,
            String method,
            Class<?>[] parameters,
            Object... arguments) {
        try {
            return type.getMethod(method, parameters).invoke(target, arguments);
        } catch (ReflectiveOperationException changed) {
            throw new LinkageError(method, changed);
        }
    }

    private static void invoke(MethodHandle function, Object... arguments) {
        try {
            Number result = (Number) function.invokeWithArguments(arguments);
            if (result.longValue() < 0) {
                throw new IllegalStateException("a native call returned " + result);
            }
        } catch (RuntimeException | Error broken) {
            throw broken;
        } catch (Throwable broken) {
            throw new IllegalStateException(broken);
        }
    }
}
