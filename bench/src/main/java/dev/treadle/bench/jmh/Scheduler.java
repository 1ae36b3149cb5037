package dev.treadle.bench.jmh;

import dev.treadle.internal.engine.Engine;
import dev.treadle.internal.engine.GeventEngine;
import dev.treadle.internal.engine.VirtualEngine;
import dev.treadle.internal.hub.Watching;

import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The scheduler of a benchmark's virtual threads: one hub of Treadle, or the JDK's scheduler. */
@State(Scope.Benchmark)
public class Scheduler {
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** {@code hub}: one hub; {@code jdk}: the JDK's scheduler, with one carrier. */
    @Param({"hub", "jdk"})
    public String scheduler = "hub";

    private Engine engine = new VirtualEngine();

    /** For JMH. */
    public Scheduler() {}

    /** Opens it. */
    @Setup(Level.Trial)
    public void open() {
        if (scheduler.equals("hub")) {
            engine = new GeventEngine(1, Watching.OFF);
        }
    }

    /** Closes it. */
    @TearDown(Level.Trial)
    public void close() throws InterruptedException {
        engine.close(GRACE, GRACE);
    }

    /** Starts a virtual thread on it. */
    public void start(Runnable task) {
        engine.execute(task);
    }

    /**
     * Runs {@code task} in a virtual thread of it and waits for the end: virtual threads that the
     * task starts have the same scheduler.
     */
    public void run(Runnable task) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        engine.execute(() -> {
            try {
                task.run();
                end.complete(null);
            } catch (RuntimeException | Error failed) {
                end.completeExceptionally(failed);
            }
        });
        end.join();
    }
}
