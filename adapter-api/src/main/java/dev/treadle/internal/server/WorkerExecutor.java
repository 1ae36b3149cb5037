package dev.treadle.internal.server;

import dev.treadle.internal.engine.Engine;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The one executor a container is given: it passes each task to the engine and carries no limit. It
 * belongs to the workers, not to the container, so the container's {@link #shutdown} does nothing,
 * as with the common pool of the JDK.
 */
public final class WorkerExecutor extends AbstractExecutorService {
    private final Engine engine;
    private volatile boolean closed;

    /** Passes all to that engine. */
    public WorkerExecutor(Engine engine) {
        this.engine = engine;
    }

    @Override
    public void execute(Runnable task) {
        engine.execute(task);
    }

    /** The workers are closed. */
    public void closed() {
        closed = true;
    }

    @Override
    public void shutdown() {
        // see the class comment: Workers.close ends it
    }

    /**
     * Does nothing, as {@link #shutdown}: the inherited method would spin until the workers close.
     */
    @Override
    public void close() {
        // see the class comment: Workers.close ends it
    }

    @Override
    public List<Runnable> shutdownNow() {
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return closed;
    }

    @Override
    public boolean isTerminated() {
        return closed;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return closed;
    }
}
