package dev.treadle.bench.blocking;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Array;
import java.time.Duration;
import java.util.Optional;

/**
 * Calls of the C library that block. By reflection: {@code java.lang.foreign} is a preview of JDK
 * 21, which this is compiled for, and is there under the same names on JDK 22 and later.
 */
final class NativeCalls {
    private static final String PACKAGE = "java.lang.foreign.";

    private final Object linker;
    private final Object symbols;

    NativeCalls() {
        linker = call(type("Linker"), null, "nativeLinker", new Class<?>[0]);
        symbols = call(type("Linker"), linker, "defaultLookup", new Class<?>[0]);
    }

    /** Returns a block: a native frame that sleeps. */
    Block sleep(Duration duration) {
        int micros = Math.toIntExact(duration.toNanos() / 1_000);
        MethodHandle usleep = function("usleep", "JAVA_INT", "JAVA_INT");
        return () -> invoke(usleep, micros);
    }

    /**
     * Returns a block: a native frame that reads an empty pipe, until something is written to it.
     */
    Freeze pipe() {
        return new Pipe(this);
    }

    private static final class Pipe implements Freeze {
        private final MethodHandle read;
        private final MethodHandle write;
        private final Object buffer;
        private final int from;
        private final int to;

        Pipe(NativeCalls calls) {
            read = calls.function("read", "JAVA_LONG", "JAVA_INT", "ADDRESS", "JAVA_LONG");
            write = calls.function("write", "JAVA_LONG", "JAVA_INT", "ADDRESS", "JAVA_LONG");
            buffer = calls.memory(Long.BYTES);
            invoke(calls.function("pipe", "JAVA_INT", "ADDRESS"), buffer);
            from = calls.intAt(buffer, 0);
            to = calls.intAt(buffer, Integer.BYTES);
        }

        @Override
        public void block(Runnable held) {
            held.run();
            invoke(read, from, buffer, 1L);
        }

        /** Ends one: each takes one byte. */
        @Override
        public void release() {
            invoke(write, to, buffer, 1L);
        }
    }

    private MethodHandle function(String name, String result, String... arguments) {
        Class<?> layout = type("MemoryLayout");
        Object layouts = Array.newInstance(layout, arguments.length);
        for (int i = 0; i < arguments.length; i++) {
            Array.set(layouts, i, layout(arguments[i]));
        }
        Class<?> descriptor = type("FunctionDescriptor");
        Object signature =
                call(
                        descriptor,
                        null,
                        "of",
                        new Class<?>[] {layout, layouts.getClass()},
                        layout(result),
                        layouts);
        Optional<?> found =
                (Optional<?>)
                        call(
                                type("SymbolLookup"),
                                symbols,
                                "find",
                                new Class<?>[] {String.class},
                                name);
        Object options = Array.newInstance(type("Linker$Option"), 0);
        return (MethodHandle)
                call(
                        type("Linker"),
                        linker,
                        "downcallHandle",
                        new Class<?>[] {type("MemorySegment"), descriptor, options.getClass()},
                        found.orElseThrow(),
                        signature,
                        options);
    }

    private static Object layout(String name) {
        try {
            Object layout = type("ValueLayout").getField(name).get(null);
            if (layout == null) {
                throw new IllegalStateException(name);
            }
            return layout;
        } catch (ReflectiveOperationException changed) {
            throw new IllegalStateException(changed);
        }
    }

    private Object memory(long bytes) {
        Object arena = call(type("Arena"), null, "global", new Class<?>[0]);
        return call(
                type("Arena"),
                arena,
                "allocate",
                new Class<?>[] {long.class, long.class},
                bytes,
                (long) Long.BYTES);
    }

    private int intAt(Object memory, long offset) {
        return (int)
                call(
                        type("MemorySegment"),
                        memory,
                        "get",
                        new Class<?>[] {type("ValueLayout$OfInt"), long.class},
                        layout("JAVA_INT"),
                        offset);
    }

    private static Class<?> type(String name) {
        try {
            return Class.forName(PACKAGE + name);
        } catch (ClassNotFoundException changed) {
            throw new IllegalStateException(changed);
        }
    }

    private static Object call(
            Class<?> type,
            @Nullable Object target,
            String method,
            Class<?>[] parameters,
            Object... arguments) {
        try {
            Object result = type.getMethod(method, parameters).invoke(target, arguments);
            if (result == null) {
                throw new IllegalStateException(method + " returned nothing");
            }
            return result;
        } catch (ReflectiveOperationException changed) {
            throw new IllegalStateException(changed);
        }
    }

    private static void invoke(MethodHandle function, Object... arguments) {
        Object result;
        try {
            result = function.invokeWithArguments(arguments);
        } catch (Throwable broken) {
            throw new IllegalStateException(broken);
        }
        if (((Number) result).longValue() < 0) {
            throw new IllegalStateException("a native call failed: " + result);
        }
    }
}
