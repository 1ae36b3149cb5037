package dev.treadle.internal.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Initialises the same class as often as one likes, in a class loader of its own each time. */
final class Pin {
    private Pin() {}

    /** Initialises {@link PinnedInitializer} once more: returns when {@link PinLock} is free. */
    static void pin() {
        pin(() -> {});
    }

    /** The same; {@code entering} runs within the initialiser, before it waits. */
    static void pin(Runnable entering) {
        PinLock.ENTERING.set(entering);
        try {
            Class.forName(PinnedInitializer.class.getName(), true, new Afresh());
        } catch (ClassNotFoundException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Defines {@link PinnedInitializer} anew, and takes all other classes from where they are. */
    private static final class Afresh extends ClassLoader {
        Afresh() {
            super(Pin.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(PinnedInitializer.class.getName())) {
                return super.loadClass(name, resolve);
            }
            String file = name.replace('.', '/') + ".class";
            try (InputStream in = Pin.class.getClassLoader().getResourceAsStream(file)) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length, Pin.class.getProtectionDomain());
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
    }
}
