package dev.treadle.internal.hub;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.util.concurrent.ForkJoinTask;

/**
 * Finds the virtual thread that a slice belongs to, for reports.
 *
 * <p>The JDK hands a scheduler the method reference {@code this::runContinuation} (VirtualThread,
 * JDK 21 to 28), which holds its thread in its one field. Since JDK 26 that comes inside a
 * ForkJoinTask, whose package is not open to this code. But a ForkJoinTask is serializable: an
 * object stream is shown what is inside.
 */
final class SliceOwner {
    private SliceOwner() {}

    /**
     * Returns the virtual thread of a slice.
     *
     * @return null if that cannot be told: the slice is no virtual thread's, or this JDK differs
     */
    static @Nullable Thread of(Runnable slice) {
        return slice instanceof ForkJoinTask<?> wrapper ? inside(wrapper) : field(slice);
    }

    private static @Nullable Thread field(Object slice) {
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

    private static @Nullable Thread inside(ForkJoinTask<?> wrapper) {
        try (Inside inside = new Inside(wrapper)) {
            inside.writeObject(wrapper);
            return inside.found;
        } catch (IOException | RuntimeException unknown) {
            return null;
        }
    }

    /** A stream that looks at each object inside a task and writes none of them. */
    private static final class Inside extends ObjectOutputStream {
        private final ForkJoinTask<?> wrapper;
        private @Nullable Thread found;

        Inside(ForkJoinTask<?> wrapper) throws IOException {
            super(OutputStream.nullOutputStream());
            this.wrapper = wrapper;
            enableReplaceObject(true);
        }

        @Override
        protected @Nullable Object replaceObject(Object object) {
            if (wrapper.equals(object)) {
                return object;
            }
            if (found == null) {
                found = field(object);
            }
            return null;
        }
    }
}
