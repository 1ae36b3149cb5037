package dev.treadle.it.agent.program;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A program whose main method ends while a pool has work. It prints what is done before the JVM
 * ends.
 */
public final class PoolExit {
    private static final int ROUNDS = 2_000;
    private static final int LOOK_EACH = 50;
    private static final long A_MOMENT = 300;

    private PoolExit() {}

    /** Runs one way. */
    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "task" -> task(Executors.newFixedThreadPool(2));
            case "queue" -> queue(Executors.newSingleThreadExecutor());
            case "busy" -> busy(Executors.newFixedThreadPool(1));
            case "from a daemon" -> fromADaemon(Executors.newCachedThreadPool());
            case "idle" -> idle();
            case "handler" -> handler(Executors.newSingleThreadExecutor());
            case "daemons" ->
                    daemons(
                            Executors.newFixedThreadPool(
                                    1, Thread.ofPlatform().daemon().factory()));
            case "forgotten" -> forgotten(Executors.newSingleThreadExecutor());
            default -> churn();
        }
        System.out.println("main ends");
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException interrupted) {
            System.out.println("interrupted");
        }
    }

    /** The task that runs holds the JVM, and ends the pool. */
    private static void task(ExecutorService pool) {
        pool.execute(() -> {
            pause(A_MOMENT);
            System.out.println("task ends");
            pool.shutdown();
        });
    }

    /** So does one that is queued, after a shutdown too. */
    private static void queue(ExecutorService pool) {
        for (int i = 0; i < 3; i++) {
            int number = i;
            pool.execute(() -> {
                pause(A_MOMENT / 3);
                System.out.println("task " + number + " ends");
            });
        }
        pool.shutdown();
    }

    /** With one carrier, the worker has no turn before the main method has ended. */
    private static void busy(ExecutorService pool) throws InterruptedException {
        CountDownLatch spins = new CountDownLatch(1);
        Thread.ofVirtual()
                .start(() -> {
                    spins.countDown();
                    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(A_MOMENT);
                    while (System.nanoTime() < end) {
                        Thread.onSpinWait();
                    }
                });
        spins.await();
        task(pool);
    }

    private static void fromADaemon(ExecutorService pool) throws InterruptedException {
        Thread daemon = Thread.ofPlatform().daemon().start(() -> task(pool));
        daemon.join();
    }

    /** An idle thread of a pool holds the JVM too. */
    private static void idle() throws Exception {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        1, 1, A_MOMENT, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>());
        pool.allowCoreThreadTimeOut(true);
        pool.submit(() -> System.out.println("task ends")).get();
        // 0: the JVM has waited for it; else it would still be there
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> System.out.println("idle threads: " + pool.getPoolSize())));
    }

    /** The handler of an exception is a part of the thread. */
    private static void handler(ExecutorService pool) {
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
            pause(A_MOMENT);
            System.out.println("handled: " + thread.getName() + " " + thrown);
        });
        pool.execute(() -> {
            pool.shutdown();
            throw new IllegalStateException("thrown");
        });
    }

    private static void daemons(ExecutorService pool) throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        pool.execute(() -> {
            inside.countDown();
            pause(60_000);
            System.out.println("task ends");
        });
        inside.await();
    }

    /** The JDK ends such a pool when nobody knows it any more. */
    private static void forgotten(ExecutorService pool) throws Exception {
        pool.submit(() -> System.out.println("task ends")).get();
        Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    while (true) {
                        pause(A_MOMENT / 10);
                        System.gc();
                    }
                });
    }

    /** From none to one and back, at once with pools that end while a thread is made. */
    private static void churn() throws InterruptedException {
        Thread[] callers = new Thread[4];
        for (int i = 0; i < callers.length; i++) {
            callers[i] = Thread.ofPlatform().daemon(i % 2 == 0).start(PoolExit::manyPools);
        }
        for (Thread caller : callers) {
            caller.join();
        }
    }

    /** Nothing else keeps the JVM for a virtual thread. */
    private static void isKept() {
        if (Thread.currentThread().isVirtual()
                && Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread ->
                                thread.getName().startsWith("treadle-keeper")
                                        && !thread.isDaemon())) {
            System.out.println("no keeper");
        }
    }

    private static void manyPools() {
        for (int i = 0; i < ROUNDS; i++) {
            ExecutorService pool = Executors.newFixedThreadPool(2);
            Thread ends = Thread.ofVirtual().start(pool::shutdown);
            try {
                pool.execute(() -> {});
                pool.execute(i % LOOK_EACH == 0 ? PoolExit::isKept : () -> pause(0));
            } catch (RejectedExecutionException late) {
                // it has ended already
            }
            try {
                ends.join();
                if (!pool.awaitTermination(1, TimeUnit.MINUTES)) {
                    System.out.println("a pool has not ended");
                }
            } catch (InterruptedException interrupted) {
                System.out.println("interrupted");
            }
        }
    }
}
