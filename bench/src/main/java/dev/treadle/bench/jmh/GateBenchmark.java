package dev.treadle.bench.jmh;

import dev.treadle.Workers;
import dev.treadle.gate.ClientSocket;
import dev.treadle.gate.Gate;
import dev.treadle.gate.GateAnswer;
import dev.treadle.gate.Permit;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * The cost of the gate for a request that finds room: enter the gate, enter its thread, leave the
 * thread, leave the gate; on threads that live long. The first-use cost on a fresh virtual thread
 * is not included, nor is the gate's code in an adapter; {@code bench/run gate} shows the whole
 * cost.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "--add-opens=java.base/java.lang=ALL-UNNAMED")
@State(Scope.Benchmark)
public class GateBenchmark {
    /** How many other requests of each thread are inside meanwhile. */
    @Param({"0", "100"})
    public int others;

    private @Nullable Workers workers;
    private @Nullable Gate gate;

    /** For JMH. */
    public GateBenchmark() {}

    /** The requests of one thread that are inside. */
    @State(Scope.Thread)
    public static class Inside {
        private final Deque<Permit> permits = new ArrayDeque<>();

        /** For JMH. */
        public Inside() {}

        /** Lets them go: else the close would wait for them. */
        @TearDown
        public void leave() {
            permits.forEach(Permit::release);
        }

        /** Lets the others in. */
        @Setup
        public void enter(GateBenchmark benchmark) throws Exception {
            for (int i = 0; i < benchmark.others; i++) {
                permits.add(benchmark.next());
            }
        }
    }

    /** Opens a gate. */
    @Setup
    public void open() {
        workers = Workers.open(WorkerSettings.virtual(1_000));
        gate = ServerWorkers.of(workers).gate();
    }

    /** Closes it. */
    @TearDown
    public void close() {
        if (workers != null) {
            workers.close();
        }
    }

    private Permit next() throws InterruptedException {
        Gate open = gate;
        if (open == null) {
            throw new IllegalStateException("not open");
        }
        return switch (open.enter("GET", "/fast", ClientSocket.UNKNOWN)) {
            case Permit permit -> permit;
            case GateAnswer full -> throw new IllegalStateException(full.words());
        };
    }

    /** One thread. */
    @Benchmark
    @Threads(1)
    public void passAlone(Inside inside) throws Exception {
        pass(inside);
    }

    /** Two threads, as many as two hubs have. */
    @Benchmark
    @Threads(2)
    public void passOfTwo(Inside inside) throws Exception {
        pass(inside);
    }

    private void pass(Inside inside) throws Exception {
        Permit permit = next();
        permit.enterThread();
        permit.leaveThread();
        inside.permits.add(permit);
        inside.permits.remove().release();
    }
}
