package dev.treadle.bench.server;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Classes whose initialiser takes long: the first request initialises one, and the others of the
 * same number wait for it inside the JVM. Up to JDK 25 a virtual thread keeps its carrier
 * meanwhile.
 */
public final class Freeze {
    private static final String SLOW = Freeze.class.getName() + "$Slow";

    private static final Map<Integer, ClassLoader> LOADERS = new ConcurrentHashMap<>();

    private Freeze() {}

    /** The class that is loaded anew for each number. */
    static final class Slow {
        static {
            try {
                // no static field of Freeze: another loader loads this class, once for each
                // number
                Thread.sleep(Integer.getInteger("treadle.bench.freeze.ms", 0));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        private Slow() {}
    }

    private static final class OwnLoader extends ClassLoader {
        OwnLoader() {
            super(Freeze.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(SLOW)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? define(name) : loaded;
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            String file = name.replace('.', '/') + ".class";
            try (InputStream in = Freeze.class.getClassLoader().getResourceAsStream(file)) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException broken) {
                throw new ClassNotFoundException(name, broken);
            }
        }
    }

    /**
     * Uses the class of {@code number}, and so waits until it is initialised.
     *
     * @param millis how long that takes; all numbers of a JVM take as long as the last one said
     */
    public static void touch(int number, int millis) {
        System.setProperty("treadle.bench.freeze.ms", String.valueOf(millis));
        try {
            Class<?> unused =
                    Class.forName(
                            SLOW, true, LOADERS.computeIfAbsent(number, any -> new OwnLoader()));
        } catch (ClassNotFoundException never) {
            throw new IllegalStateException(never);
        }
    }
}
