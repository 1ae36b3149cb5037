package dev.treadle.it.agent.program;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A program without a server that makes pools in several classes, prints whether their threads are
 * virtual, and waits.
 */
public final class PoolPlaces {
    private PoolPlaces() {}

    /** With {@code alone}, a class loader that sees nothing of the program has the class too. */
    public static void main(String[] arguments) throws Exception {
        if (List.of(arguments).contains("alone")) {
            URL classes = PoolPlaces.class.getProtectionDomain().getCodeSource().getLocation();
            ClassLoader alone =
                    new URLClassLoader(
                            "alone", new URL[] {classes}, ClassLoader.getPlatformClassLoader());
            alone.loadClass(First.class.getName()).getMethod("make").invoke(null);
        } else {
            First.make();
            First.make();
            Second.make();
            Kept.make();
            Executors.newSingleThreadScheduledExecutor();
        }
        System.out.println("all made");
        Thread.currentThread().join();
    }

    static void print(String name, ExecutorService pool) throws Exception {
        pool.submit(() -> System.out.println(name + ": " + Thread.currentThread().isVirtual()))
                .get();
    }

    /** Makes one. */
    public static final class First {
        private First() {}

        /** Makes it. */
        public static void make() throws Exception {
            print("first", Executors.newFixedThreadPool(7));
        }
    }

    /** Makes another. */
    static final class Second {
        private Second() {}

        static void make() throws Exception {
            print("second", Executors.newCachedThreadPool());
        }
    }

    /** Makes threads that are left as they are. */
    static final class Kept {
        private Kept() {}

        static void make() throws Exception {
            print("kept", Executors.newFixedThreadPool(2, task -> new Thread(task, "own") {}));
        }
    }
}
