package dev.treadle.it.agent.program;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The rows of the table about what only a {@link ThreadPoolExecutor} has. */
final class PoolPolicies {
    private PoolPolicies() {}

    static void print() throws Exception {
        Map<String, RejectedExecutionHandler> policies = new LinkedHashMap<>();
        policies.put("abort", new ThreadPoolExecutor.AbortPolicy());
        policies.put("caller runs", new ThreadPoolExecutor.CallerRunsPolicy());
        policies.put("discard", new ThreadPoolExecutor.DiscardPolicy());
        policies.put("discard oldest", new ThreadPoolExecutor.DiscardOldestPolicy());
        policies.put(
                "own",
                (task, pool) ->
                        System.out.println("own policy: " + pool.getQueue().size() + " queued"));
        for (Map.Entry<String, RejectedExecutionHandler> each : policies.entrySet()) {
            System.out.println("policy " + each.getKey() + ": " + policy(each.getValue()));
        }
        System.out.println("sizes: " + sizes());
        System.out.println("factory: " + factory());
        System.out.println("bad arguments: " + bad());
    }

    /** One runs, one is queued, and one more comes. */
    private static String policy(RejectedExecutionHandler policy) throws Exception {
        CopyOnWriteArrayList<String> ran = new CopyOnWriteArrayList<>();
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        1, 1, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(1), policy);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        pool.execute(() -> {
            inside.countDown();
            PoolTable.await(release);
            ran.add("first");
        });
        inside.await();
        pool.execute(() -> ran.add("second"));
        try {
            pool.execute(() -> ran.add("third by " + Thread.currentThread().getName()));
        } catch (RejectedExecutionException refused) {
            ran.add("refused");
        }
        release.countDown();
        pool.shutdown();
        return pool.awaitTermination(1, TimeUnit.MINUTES) + " " + ran;
    }

    private static String sizes() throws Exception {
        StringBuilder seen = new StringBuilder();
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        4, 8, 50, TimeUnit.MILLISECONDS, new ArrayBlockingQueue<>(9));
        seen.append("prestarted ").append(pool.prestartAllCoreThreads());
        seen.append(" of ").append(pool.getPoolSize());
        pool.setCorePoolSize(6);
        seen.append(", then ").append(pool.prestartAllCoreThreads());
        seen.append(" more, at most ").append(pool.getLargestPoolSize());
        pool.setCorePoolSize(2);
        awaitSize(pool, 2);
        seen.append(", then ").append(pool.getPoolSize());
        pool.allowCoreThreadTimeOut(true);
        awaitSize(pool, 0);
        seen.append(", then ").append(pool.getPoolSize());
        pool.submit(() -> {}).get();
        seen.append(", completed ").append(pool.getTaskCount());
        pool.shutdown();
        seen.append(", ended ").append(pool.awaitTermination(1, TimeUnit.MINUTES));
        return seen.toString();
    }

    private static void awaitSize(ThreadPoolExecutor pool, int size) throws InterruptedException {
        while (pool.getPoolSize() != size) {
            Thread.sleep(1);
        }
    }

    private static String factory() throws Exception {
        ThreadFactory first = PoolKind.named("first");
        ThreadFactory second = PoolKind.named("second");
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        1, 1, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), first);
        boolean same = pool.getThreadFactory().equals(first);
        pool.setThreadFactory(second);
        same &= pool.getThreadFactory().equals(second);
        String name = pool.submit(() -> Thread.currentThread().getName()).get();
        System.out.println(
                "virtual: SECOND_FACTORY "
                        + pool.submit(() -> Thread.currentThread().isVirtual()).get());
        String noFactory = thrown(() -> pool.setThreadFactory(null));
        pool.shutdown();
        return same + " " + name + " " + noFactory;
    }

    private static String bad() {
        return thrown(() -> Executors.newFixedThreadPool(0))
                + thrown(() -> Executors.newFixedThreadPool(1, null))
                + thrown(() -> Executors.newCachedThreadPool(null))
                + thrown(() -> Executors.newSingleThreadExecutor(null))
                + thrown(() ->
                        new ThreadPoolExecutor(
                                1, 0, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(9)));
    }

    private static String thrown(Runnable action) {
        try {
            action.run();
            return "nothing ";
        } catch (RuntimeException thrown) {
            return thrown.getClass().getSimpleName() + " ";
        }
    }
}
