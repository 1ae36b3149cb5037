package dev.treadle.tck;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;

/**
 * Code that holds its hub until a latch opens. Each method is known by its name in stacks. Public
 * for a class of another class loader.
 */
public final class Faults {
    static final String INITIALISED = "dev.treadle.tck.SlowInitialiser";

    /** The end of {@link SlowInitialiser}, which has no other way to know it. */
    private static volatile CountDownLatch endOfInitialiser = new CountDownLatch(0);

    private static volatile CountDownLatch inInitialiser = new CountDownLatch(1);

    private Faults() {}

    /** Computes. */
    static void hog(CountDownLatch end) {
        while (end.getCount() > 0) {
            Thread.onSpinWait();
        }
    }

    /** Initialises a class that sleeps meanwhile. */
    static void initialise(CountDownLatch end) throws ClassNotFoundException {
        endOfInitialiser = end;
        inInitialiser = new CountDownLatch(1);
        Class.forName(INITIALISED, true, new Afresh());
    }

    /** Waits in the native code of the JVM for a class that another thread initialises. */
    static void awaitInitialiser(CountDownLatch end)
            throws ClassNotFoundException, InterruptedException {
        endOfInitialiser = end;
        CountDownLatch begun = new CountDownLatch(1);
        inInitialiser = begun;
        ClassLoader loader = new Afresh();
        Thread.ofPlatform()
                .daemon()
                .name("tck-elsewhere-initialiser")
                .start(() -> {
                    try {
                        Class.forName(INITIALISED, true, loader);
                    } catch (ClassNotFoundException impossible) {
                        throw new IllegalStateException(impossible);
                    }
                });
        begun.await();
        Class.forName(INITIALISED, true, loader);
    }

    /** The initialiser of {@link SlowInitialiser} has begun; returns whether it goes on. */
    public static boolean initialiserGoesOn() {
        inInitialiser.countDown();
        return endOfInitialiser.getCount() > 0;
    }

    /** Defines one class anew, and takes all others from where they are. */
    private static final class Afresh extends ClassLoader {
        Afresh() {
            super(Faults.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(INITIALISED)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                return known == null ? define(name) : known;
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            String file = name.replace('.', '/') + ".class";
            try (InputStream in = Faults.class.getClassLoader().getResourceAsStream(file)) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(
                        name, bytes, 0, bytes.length, Faults.class.getProtectionDomain());
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
    }
}
