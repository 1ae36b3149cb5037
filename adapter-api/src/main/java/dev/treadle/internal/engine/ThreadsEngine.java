package dev.treadle.internal.engine;

import dev.treadle.internal.base.NeutralThreads;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The engine of the model {@code threads}: platform threads for the N requests inside, and for
 * other tasks besides them.
 *
 * <p><b>No task waits for a thread that another task holds</b>, up to a bound: a task that finds
 * every thread busy gets one more. So there is no queue here that the gate does not count. A
 * request that the gate must refuse is refused at once, and tasks that let requests inside go on
 * (an async timeout, a dispatch, an HTTP/2 frame) run at once.
 *
 * <p>The bound is a sum of four numbers: N requests inside, the requests of priority paths, the
 * requests that wait in the queue on a thread of the pool, and a reserve of {@code max(64, N)} for
 * tasks that the gate does not count (messages of WebSockets, {@code AsyncContext.start}). Tasks
 * beyond it wait in a queue, and that is logged if it lasts for more than a second.
 *
 * <p><b>Invariant</b>: the core of the pool is never smaller than the number of tasks begun or
 * queued, up to the bound. {@code tasks} is raised before the core is read, and a core that shrinks
 * is written before {@code tasks} is read again, so that one of the two sees the other.
 */
public final class ThreadsEngine implements Engine {
    private static final Logger LOG = System.getLogger("dev.treadle.workers");
    private static final int RESERVE = 4;
    private static final int LEAST_BESIDES = 64;
    private static final long IDLE_SECONDS = 60;
    private static final long SHRINK_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long STANDS_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long TELL_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final int base;
    private final long besides;
    private final ThreadPoolExecutor pool;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final AtomicInteger tasks = new AtomicInteger(); // begun or queued
    private volatile int waiting; // written under the lock of this
    private volatile boolean over; // more tasks than the bound; written under the lock of this
    // guarded by this
    private long grownNanos;
    private long overNanos;
    private long toldNanos = System.nanoTime() - TELL_AGAIN_NANOS;

    /**
     * @param n how many requests may be inside, at least 1
     * @param priority how many requests of priority paths may be inside besides, at least 0
     */
    public ThreadsEngine(int n, int priority) {
        base = n + RESERVE;
        besides = (long) priority + Math.max(LEAST_BESIDES, n);
        pool =
                new ThreadPoolExecutor(
                        base,
                        Integer.MAX_VALUE,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        new Named()) {
                    @Override
                    protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
                        ended();
                    }
                };
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
            return NeutralThreads.daemon(
                    "treadle-thread-" + sequence.incrementAndGet(),
                    () -> live(task),
                    0,
                    contextLoader);
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
        boolean taken = false;
        int now = tasks.incrementAndGet();
        try {
            if (now > pool.getCorePoolSize()) {
                grow();
            }
            pool.execute(task);
            taken = true;
        } finally {
            if (!taken) {
                tasks.decrementAndGet();
            }
        }
        leaveNoTaskWaiting();
    }

    /**
     * The pool queues a task when it counts its core as full, and that may change before the task
     * is in the queue: a thread that was idle too long ends, or the core grows. The pool counts on
     * its other threads then; here they may all be held by requests that wait for this very task.
     * So a thread that has queued a task checks the number of threads afterwards, and a thread that
     * ends checks the queue afterwards.
     */
    private void leaveNoTaskWaiting() {
        if (!pool.getQueue().isEmpty()) {
            pool.prestartCoreThread();
        }
    }

    @Override
    public void whileWaiting(Wait wait) throws InterruptedException {
        waits(1);
        try {
            wait.await();
        } finally {
            waits(-1);
        }
    }

    /**
     * Each request in the queue raises the bound by one thread, which queued tasks take at once.
     */
    private synchronized void waits(int change) {
        waiting += change;
        if (change > 0 && tasks.get() > pool.getCorePoolSize()) {
            grow();
        }
    }

    /** Raises the core to the number of tasks, up to the bound. */
    private synchronized void grow() {
        int wanted = tasks.get();
        int most = bound();
        if (wanted > most) {
            tellOfQueue(wanted - most, most);
        }
        int core = Math.min(wanted, most);
        if (core > pool.getCorePoolSize()) {
            pool.setCorePoolSize(core); // starts threads for what is in the queue already
            grownNanos = System.nanoTime();
        }
    }

    private int bound() {
        return (int) Math.min(Integer.MAX_VALUE, base + besides + waiting);
    }

    /** A queue that stands is told, a burst is not. To be called with the lock of this. */
    private void tellOfQueue(int queued, int most) {
        long now = System.nanoTime();
        if (!over) {
            over = true;
            overNanos = now;
        } else if (now - overNanos >= STANDS_AFTER_NANOS && now - toldNanos >= TELL_AGAIN_NANOS) {
            toldNanos = now;
            LOG.log(
                    Level.WARNING,
                    "threads: {0} tasks wait because {1} threads run others, more than requests are"
                            + " inside (expected: tasks without a request, such as WebSocket messages,"
                            + " that do not block); raise threads, or use virtual or gevent; told once"
                            + " a minute",
                    queued,
                    most);
        }
    }

    /**
     * A task has ended. The core shrinks only when there has been no more than the base for some
     * time: each time it does the pool interrupts all its idle threads.
     */
    private void ended() {
        int left = tasks.decrementAndGet();
        if (over && left <= bound()) {
            notOver();
        }
        if (left <= base && pool.getCorePoolSize() > base) {
            shrink();
        }
    }

    private synchronized void notOver() {
        over = false;
    }

    private synchronized void shrink() {
        if (tasks.get() <= base && System.nanoTime() - grownNanos > SHRINK_AFTER_NANOS) {
            pool.setCorePoolSize(base);
            if (tasks.get() > base) {
                grow(); // for tasks that have seen the greater core
            }
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
