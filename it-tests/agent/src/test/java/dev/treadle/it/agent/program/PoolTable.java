package dev.treadle.it.agent.program;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Prints what each kind of pool does, a line for each. The lines are the same in each run, so two
 * runs can be compared: with the agent and without.
 */
public final class PoolTable {
    private static final int TASKS = 12;

    private static final InheritableThreadLocal<String> INHERITED = new InheritableThreadLocal<>();

    private static final Semaphore HANDLED = new Semaphore(0);

    private PoolTable() {}

    private interface Behaviour {
        Object of(PoolKind kind, ExecutorService pool) throws Exception;
    }

    private static Map<String, Behaviour> behaviours() {
        Map<String, Behaviour> all = new TreeMap<>();
        all.put("bound", PoolTable::bound);
        all.put("order of the queue", PoolTable::order);
        all.put("names", PoolTable::names);
        all.put("shutdown", PoolTable::shutdown);
        all.put("shutdownNow", PoolTable::shutdownNow);
        all.put("invokeAll", PoolTable::invokeAll);
        all.put("invokeAny", (kind, pool) -> pool.invokeAny(List.of(() -> "one", () -> "one")));
        all.put("supplyAsync", PoolTable::supplyAsync);
        all.put("exception of submit", PoolTable::exceptionOfSubmit);
        all.put("exception of execute", PoolTable::exceptionOfExecute);
        all.put("interrupt by cancel", PoolTable::cancel);
        all.put("context class loader", PoolTable::contextClassLoader);
        all.put("inherited", PoolTable::inherited);
        all.put("from a virtual thread", PoolTable::fromAVirtualThread);
        all.put("type", (kind, pool) -> pool.getClass().getName().replaceFirst("\\$.*", ""));
        return all;
    }

    /** Prints the table. */
    public static void main(String[] arguments) throws Exception {
        for (PoolKind kind : PoolKind.values()) {
            for (Map.Entry<String, Behaviour> each : behaviours().entrySet()) {
                print(kind + ", " + each.getKey(), kind, each.getValue());
            }
            try (ExecutorService pool = kind.make()) {
                boolean virtual = pool.submit(() -> Thread.currentThread().isVirtual()).get();
                System.out.println("virtual: " + kind + " " + virtual);
            }
        }
        PoolPolicies.print();
        System.out.println("all printed");
    }

    private static void print(String name, PoolKind kind, Behaviour behaviour) throws Exception {
        ExecutorService pool = kind.make();
        try {
            System.out.println(name + ": " + behaviour.of(kind, pool));
        } finally {
            pool.shutdownNow();
            if (!pool.awaitTermination(1, TimeUnit.MINUTES)) {
                System.out.println(name + " has not ended");
            }
        }
    }

    /** How many of many tasks are inside at once, when no more come in. */
    private static Object bound(PoolKind kind, ExecutorService pool) throws Exception {
        int expected = Math.min(kind.bound(), TASKS);
        Semaphore came = new Semaphore(0);
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < TASKS; i++) {
            all.add(
                    pool.submit(() -> {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        came.release();
                        release.await();
                        return inside.decrementAndGet();
                    }));
        }
        came.acquire(expected);
        boolean more = came.tryAcquire(50, TimeUnit.MILLISECONDS);
        release.countDown();
        for (Future<?> each : all) {
            each.get();
        }
        return most + (more ? ", more than expected" : "");
    }

    /** All threads but one are held, so the others come one after another. */
    private static Object order(PoolKind kind, ExecutorService pool) throws Exception {
        if (!kind.hasOneQueue()) {
            return "none";
        }
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(kind.bound() - 1);
        for (int i = 1; i < kind.bound(); i++) {
            pool.execute(() -> {
                held.countDown();
                await(release);
            });
        }
        held.await();
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < TASKS; i++) {
            int number = i;
            all.add(pool.submit(() -> order.add(number)));
        }
        for (Future<?> each : all) {
            each.get();
        }
        release.countDown();
        return order;
    }

    static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static Object names(PoolKind kind, ExecutorService pool) throws Exception {
        TreeSet<String> names = new TreeSet<>();
        int threads = Math.min(kind.bound(), TASKS);
        CountDownLatch together = new CountDownLatch(threads);
        List<Future<String>> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            all.add(
                    pool.submit(() -> {
                        together.countDown();
                        together.await();
                        return Thread.currentThread().getName();
                    }));
        }
        for (Future<String> each : all) {
            names.add(each.get());
        }
        return names;
    }

    private static Object shutdown(PoolKind kind, ExecutorService pool) throws Exception {
        AtomicInteger done = new AtomicInteger();
        for (int i = 0; i < TASKS; i++) {
            pool.execute(done::incrementAndGet);
        }
        pool.shutdown();
        boolean ended = pool.awaitTermination(1, TimeUnit.MINUTES);
        String refused = "accepted";
        try {
            pool.execute(() -> {});
        } catch (RejectedExecutionException expected) {
            refused = "refused";
        }
        return done + " done, " + ended + " " + pool.isTerminated() + ", then " + refused;
    }

    private static Object shutdownNow(PoolKind kind, ExecutorService pool) throws Exception {
        if (kind == PoolKind.STEALING || kind == PoolKind.FORK_JOIN) {
            return "as it happens"; // a task may begin meanwhile
        }
        int threads = Math.min(kind.bound(), TASKS);
        CountDownLatch held = new CountDownLatch(threads);
        AtomicInteger interrupted = new AtomicInteger();
        for (int i = 0; i < TASKS; i++) {
            pool.execute(() -> {
                held.countDown();
                try {
                    Thread.sleep(60_000);
                } catch (InterruptedException now) {
                    interrupted.incrementAndGet();
                }
            });
        }
        held.await();
        int queued = pool.shutdownNow().size();
        boolean ended = pool.awaitTermination(1, TimeUnit.MINUTES);
        return queued + " queued, " + interrupted + " interrupted, " + ended;
    }

    private static Object invokeAll(PoolKind kind, ExecutorService pool) throws Exception {
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < TASKS; i++) {
            int number = i;
            tasks.add(() -> {
                Thread.sleep(1);
                return number;
            });
        }
        List<Integer> results = new ArrayList<>();
        for (Future<Integer> each : pool.invokeAll(tasks)) {
            results.add(each.get());
        }
        Callable<Integer> slow =
                () -> {
                    Thread.sleep(60_000);
                    return 0;
                };
        boolean cancelled =
                pool.invokeAll(List.of(slow), 20, TimeUnit.MILLISECONDS).get(0).isCancelled();
        return results + ", in time: " + !cancelled;
    }

    private static Object supplyAsync(PoolKind kind, ExecutorService pool) {
        CompletableFuture<Integer> sum =
                CompletableFuture.supplyAsync(() -> 20, pool)
                        .thenCombineAsync(
                                CompletableFuture.supplyAsync(() -> 22, pool), Integer::sum, pool);
        CompletableFuture<Object> fails =
                CompletableFuture.supplyAsync(
                        () -> {
                            throw new IllegalStateException("thrown");
                        },
                        pool);
        try {
            fails.join();
            return "no exception";
        } catch (CompletionException thrown) {
            return sum.join() + " " + thrown.getCause();
        }
    }

    private static Object exceptionOfSubmit(PoolKind kind, ExecutorService pool) throws Exception {
        try {
            pool.submit(
                            () -> {
                                throw new IllegalStateException("thrown");
                            })
                    .get();
            return "no exception";
        } catch (ExecutionException thrown) {
            return String.valueOf(thrown.getCause());
        }
    }

    /** It ends the thread, and another takes its place. The handler prints its name. */
    private static Object exceptionOfExecute(PoolKind kind, ExecutorService pool) throws Exception {
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, thrown) -> handled("default handler", thread, thrown));
        pool.execute(() -> {
            throw new IllegalStateException("thrown");
        });
        if (kind.name().contains("SCHEDULED")) {
            return "kept in the future";
        }
        HANDLED.acquire();
        pool.shutdown();
        return pool.awaitTermination(1, TimeUnit.MINUTES);
    }

    static void handled(String by, Thread thread, Throwable thrown) {
        System.out.println(by + ": " + thread.getName() + " " + thrown);
        HANDLED.release();
    }

    private static Object cancel(PoolKind kind, ExecutorService pool) throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        Future<?> task =
                pool.submit(() -> {
                    inside.countDown();
                    try {
                        Thread.sleep(60_000);
                    } catch (InterruptedException now) {
                        interrupted.countDown();
                    }
                });
        inside.await();
        boolean cancelled = task.cancel(true);
        if (kind == PoolKind.STEALING || kind == PoolKind.FORK_JOIN) {
            return cancelled; // whether they interrupt depends on the JDK
        }
        interrupted.await();
        return cancelled + ", then " + pool.submit(() -> Thread.interrupted()).get();
    }

    private static Object contextClassLoader(PoolKind kind, ExecutorService pool) throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader own = new URLClassLoader("own", new URL[0], before)) {
            Thread.currentThread().setContextClassLoader(own);
            return pool.submit(() -> Thread.currentThread().getContextClassLoader().getName())
                    .get();
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static Object inherited(PoolKind kind, ExecutorService pool) throws Exception {
        INHERITED.set("of the submitter");
        try {
            return pool.submit(INHERITED::get).get();
        } finally {
            INHERITED.remove();
        }
    }

    private static Object fromAVirtualThread(PoolKind kind, ExecutorService pool) throws Exception {
        CompletableFuture<Object> result = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        result.complete(inherited(kind, pool) + " " + names(kind, pool));
                    } catch (Exception failed) {
                        result.completeExceptionally(failed);
                    }
                });
        return result.get();
    }
}
