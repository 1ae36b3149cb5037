package dev.treadle.internal;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The engine of the model {@code threads}: a fixed pool of N platform threads for the N requests
 * inside.
 *
 * <p>It has a small reserve above N, and one more thread for each request that waits in line on a
 * thread of the pool. Without them N busy requests would leave nobody to answer 503, or to run what
 * lets those N go on (an async timeout, an HTTP/2 frame). The gate bounds the line, and with it the
 * threads: N + reserve + line.
 */
public final class ThreadsEngine implements Engine {
    private static final int RESERVE = 4;
    private static final long IDLE_SECONDS = 60;
    private static final long SHRINK_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final int base;
    private final ThreadPoolExecutor pool;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    // guarded by this
    private int waiting;
    private long grownNanos;

    /**
     * @param n how many platform threads requests may hold at once, at least 1
     */
    public ThreadsEngine(int n) {
        base = n + RESERVE;
        pool =
                new ThreadPoolExecutor(
                        base,
                        Integer.MAX_VALUE,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        new Named());
        pool.allowCoreThreadTimeOut(true);
        pool.setRejectedExecutionHandler((task, closed) -> {
            throw new RejectedExecutionException(
                    "Treadle's workers are closed; task " + task + " was not started");
        });
    }

    private final class Named implements ThreadFactory {
        private final AtomicLong sequence = new AtomicLong();
        private final @Nullable ClassLoader contextLoader =
                Thread.currentThread().getContextClassLoader();

        @Override
        public Thread newThread(Runnable task) {
            Thread thread =
                    new Thread(
                            null,
                            () -> live(task),
                            "treadle-thread-" + sequence.incrementAndGet(),
                            0,
                            false);
            thread.setContextClassLoader(contextLoader);
            thread.setDaemon(true);
            return thread;
        }
    }

    private void live(Runnable worker) {
        threads.add(Thread.currentThread());
        try {
            worker.run();
        } finally {
            threads.remove(Thread.currentThread());
            leaveNoTaskWaiting();
        }
    }

    @Override
    public void execute(Runnable task) {
        pool.execute(task);
        leaveNoTaskWaiting();
    }

    /**
     * The pool queues a task when it counts its core as full, and that may change before the task
     * is in the queue: a thread that was idle too long ends, or a request begins to wait in line
     * and the core grows. The pool counts on its other threads then; here they may all be held by
     * requests that wait for this very task. So whoever queues looks at the number of threads
     * after, and whoever ends looks at the queue after.
     */
    private void leaveNoTaskWaiting() {
        if (!pool.getQueue().isEmpty()) {
            pool.prestartCoreThread();
        }
    }

    @Override
    public void whileWaiting(Wait wait) throws InterruptedException {
        resize(1);
        try {
            wait.await();
        } finally {
            resize(-1);
        }
    }

    /**
     * The core is never smaller than base and line together. It shrinks only when the line has been
     * empty and quiet: each time it does the pool interrupts all its idle threads, and once for
     * each request that leaves a long line that was nearly all a server did.
     */
    private synchronized void resize(int change) {
        waiting += change;
        int wanted = base + waiting;
        int core = pool.getCorePoolSize();
        if (wanted > core) {
            pool.setCorePoolSize(wanted);
            grownNanos = System.nanoTime();
        } else if (waiting == 0
                && core > base
                && System.nanoTime() - grownNanos > SHRINK_AFTER_NANOS) {
            pool.setCorePoolSize(base);
        }
    }

    @Override
    public boolean owns(Thread thread) {
        return threads.contains(thread);
    }

    @Override
    public int activeTasks() {
        return pool.getActiveCount();
    }

    @Override
    public int liveThreads() {
        return pool.getPoolSize();
    }

    @Override
    public List<String> close(Duration grace, Duration afterInterrupt) throws InterruptedException {
        pool.shutdown();
        boolean ended = false;
        try {
            ended = pool.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            if (!ended) {
                pool.shutdownNow(); // also if nobody waits any more because this thread was
                // interrupted
            }
        }
        if (!ended && !pool.awaitTermination(afterInterrupt.toMillis(), TimeUnit.MILLISECONDS)) {
            return threads.stream().map(Thread::getName).sorted().toList();
        }
        return List.of();
    }
}
