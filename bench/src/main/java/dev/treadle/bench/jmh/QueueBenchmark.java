package dev.treadle.bench.jmh;

import org.jctools.queues.MpscLinkedQueue;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jctools.queues.MpscUnboundedXaddArrayQueue;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.GroupThreads;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Queues that could be the run queue of a hub. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Benchmark)
public class QueueBenchmark {
    private static final int CHUNK = 1_024;
    private static final int MOST_WAITING = 100_000;
    private static final int LOOK_AGAIN = 256;

    /** Which queue. */
    @Param({"mpsc-array", "mpsc-linked", "mpsc-xadd", "clq", "lbq"})
    public String queue = "mpsc-array";

    /** How many wait in it. */
    @Param({"1", "100"})
    public int waiting = 1;

    private Queue<Object> made = new ArrayDeque<>();
    private final Object element = new Object();

    // of the adding thread
    private long added;
    // written by the taking thread only
    private final AtomicLong taken = new AtomicLong();

    /** For JMH. */
    public QueueBenchmark() {}

    /** Makes the queue anew, since one side of it may outrun the other. */
    @Setup(Level.Iteration)
    public void fill() {
        made =
                switch (queue) {
                    case "mpsc-array" -> new MpscUnboundedArrayQueue<>(CHUNK);
                    case "mpsc-linked" -> new MpscLinkedQueue<>();
                    case "mpsc-xadd" -> new MpscUnboundedXaddArrayQueue<>(CHUNK);
                    case "clq" -> new ConcurrentLinkedQueue<>();
                    case "lbq" -> new LinkedBlockingQueue<>();
                    default -> throw new IllegalArgumentException("queue: " + queue);
                };
        added = 0;
        taken.set(0);
        for (int i = 0; i < waiting; i++) {
            made.add(element);
        }
    }

    /** One thread takes and adds, as a hub does with a greenlet that yields. */
    @Benchmark
    public @Nullable Object takeAndAdd() {
        Object taken = made.poll();
        made.add(element);
        return taken;
    }

    /** Another thread adds; it pauses while very many wait, so that memory is not measured. */
    @Benchmark
    @Group("across")
    @GroupThreads(1)
    public void addAcross() {
        // looked at seldom, because the counter is the other thread's
        if (added % LOOK_AGAIN == 0 && added - taken.get() > MOST_WAITING) {
            Thread.onSpinWait();
            return;
        }
        added++;
        made.add(element);
    }

    /** And this one takes. */
    @Benchmark
    @Group("across")
    @GroupThreads(1)
    public @Nullable Object takeAcross() {
        Object next = made.poll();
        if (next != null) {
            taken.lazySet(taken.get() + 1);
        }
        return next;
    }
}
