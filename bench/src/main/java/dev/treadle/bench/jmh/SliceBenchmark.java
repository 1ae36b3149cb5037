package dev.treadle.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The cost of a slice on a hub, and on the JDK's scheduler with one carrier: the same code on both.
 * The JVM gets one carrier ({@code parallelism=1}). Otherwise the JDK's scheduler would run the two
 * threads at once, and the results could not be compared.
 */
// Error Prone discourages Thread.yield; here Thread.yield itself is measured
@SuppressWarnings("ThreadPriorityCheck")
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "-Djdk.virtualThreadScheduler.parallelism=1"
        })
public class SliceBenchmark {
    private static final int ROUNDS = 10_000;
    private static final long LONG_TIME = 3_600_000_000_000L;

    /** For JMH. */
    public SliceBenchmark() {}

    /** Two greenlets that yield to each other; the time of one yield. */
    @Benchmark
    @OperationsPerInvocation(2 * ROUNDS)
    public void yieldBetweenTwo(Scheduler scheduler) {
        scheduler.run(() -> {
            Thread other = Thread.ofVirtual().start(SliceBenchmark::yieldOften);
            yieldOften();
            join(other);
        });
    }

    private static void yieldOften() {
        for (int i = 0; i < ROUNDS; i++) {
            Thread.yield();
        }
    }

    /** Virtual threads that do nothing, started by a platform thread, as a selector does. */
    @Benchmark
    @OperationsPerInvocation(ROUNDS)
    public void startFromOutside(Scheduler scheduler) throws InterruptedException {
        CountDownLatch left = new CountDownLatch(ROUNDS);
        for (int i = 0; i < ROUNDS; i++) {
            scheduler.start(left::countDown);
        }
        left.await();
    }

    /** Virtual threads that do nothing, started by a greenlet on its own hub. */
    @Benchmark
    @OperationsPerInvocation(ROUNDS)
    public void startFromWithin(Scheduler scheduler) throws InterruptedException {
        CountDownLatch left = new CountDownLatch(ROUNDS);
        scheduler.run(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                Thread.ofVirtual().start(left::countDown);
            }
        });
        left.await();
    }

    /** A platform thread wakes a greenlet and waits until that wakes it; the time of both ways. */
    @Benchmark
    @OperationsPerInvocation(ROUNDS / 10)
    public void pingPongWithPlatformThread(Scheduler scheduler) {
        Ball ball = new Ball();
        Thread platform = Thread.currentThread();
        scheduler.start(() -> {
            ball.virtual = Thread.currentThread();
            for (int i = 0; i < ROUNDS / 10; i++) {
                ball.await(2 * i + 1);
                ball.pass(2 * i + 2, platform);
            }
        });
        for (int i = 0; i < ROUNDS / 10; i++) {
            ball.pass(2 * i + 1, ball.virtual);
            ball.await(2 * i + 2);
        }
    }

    /** A greenlet parks with a time-out, and another one of its hub wakes it at once. */
    @Benchmark
    @OperationsPerInvocation(ROUNDS)
    public void timedParkThenUnpark(Scheduler scheduler) {
        scheduler.run(() -> {
            Ball ball = new Ball();
            Thread parked =
                    Thread.ofVirtual()
                            .start(() -> {
                                for (int i = 1; i <= ROUNDS; i++) {
                                    ball.awaitTimed(i);
                                }
                            });
            for (int i = 1; i <= ROUNDS; i++) {
                ball.pass(i, parked);
                Thread.yield();
            }
            join(parked);
        });
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException never) {
            throw new IllegalStateException(never);
        }
    }

    /** The current turn of two threads: a number that only grows. */
    private static final class Ball {
        private volatile int turn;
        private volatile @org.jspecify.annotations.Nullable Thread virtual;

        void pass(int next, @org.jspecify.annotations.Nullable Thread to) {
            turn = next;
            LockSupport.unpark(to);
        }

        void await(int awaited) {
            while (turn < awaited) {
                LockSupport.park(this);
            }
        }

        void awaitTimed(int awaited) {
            while (turn < awaited) {
                LockSupport.parkNanos(this, LONG_TIME);
            }
        }
    }
}
