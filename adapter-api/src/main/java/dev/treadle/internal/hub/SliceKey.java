package dev.treadle.internal.hub;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ForkJoinTask;

/**
 * The object that is the same in all slices of one virtual thread.
 *
 * <p>The JDK hands a scheduler the same method reference for each slice of a virtual thread
 * (VirtualThread, JDK 21 to 28). Since JDK 26 it hands a scheduler that is a ForkJoinPool a new
 * {@code ForkJoinTask.adapt} of it each time. The field of that task is in a package that is not
 * open to this code. The package {@code java.lang} is open, so {@code Module.implAddOpens} can be
 * called, which opens that one package to this module.
 */
final class SliceKey {
    private static final String WRAPPER = "java.util.concurrent.ForkJoinTask$AdaptedRunnableAction";

    /** Found when the first task with a slice inside comes. */
    private static final class Inside {
        private static final @Nullable Class<?> TYPE;
        private static final @Nullable MethodHandle GETTER;

        static {
            Class<?> type = null;
            MethodHandle getter = null;
            try {
                type = Class.forName(WRAPPER);
                var open =
                        Module.class.getDeclaredMethod("implAddOpens", String.class, Module.class);
                open.setAccessible(true);
                open.invoke(
                        Object.class.getModule(),
                        type.getPackageName(),
                        SliceKey.class.getModule());
                var field = type.getDeclaredField("runnable");
                field.setAccessible(true);
                getter =
                        MethodHandles.lookup()
                                .unreflectGetter(field)
                                .asType(MethodType.methodType(Runnable.class, Object.class));
            } catch (ReflectiveOperationException | RuntimeException changed) {
                getter = null; // the trial tells
            }
            TYPE = type;
            GETTER = getter;
        }
    }

    private SliceKey() {}

    /**
     * Returns the object that stands for the virtual thread of a slice.
     *
     * @return null if this JDK does not tell
     */
    static @Nullable Runnable of(Runnable slice) {
        return slice instanceof ForkJoinTask<?> ? inside(slice) : slice;
    }

    private static @Nullable Runnable inside(Object wrapper) {
        MethodHandle getter = Inside.GETTER;
        if (getter == null || !wrapper.getClass().equals(Inside.TYPE)) {
            return null;
        }
        try {
            return (Runnable) getter.invokeExact(wrapper);
        } catch (Error broken) {
            throw broken;
        } catch (Throwable broken) {
            return null;
        }
    }
}
