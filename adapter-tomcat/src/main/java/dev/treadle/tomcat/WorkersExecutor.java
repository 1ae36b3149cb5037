package dev.treadle.tomcat;

import dev.treadle.spi.ServerWorkers;

import org.apache.tomcat.util.threads.ResizableExecutor;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The executor of the workers in the shape that Tomcat asks for its figures: without {@link
 * ResizableExecutor} the thread counts in JMX, and the {@code tomcat.threads} metrics made from
 * them, would read -1 (AbstractEndpoint.getCurrentThreadsBusy, 10.1 and 11).
 */
final class WorkersExecutor extends AbstractExecutorService implements ResizableExecutor {
    private static final @Nullable Http2Internals HTTP2 = Http2Internals.FOUND;

    private final ServerWorkers workers;

    WorkersExecutor(ServerWorkers workers) {
        this.workers = workers;
    }

    @Override
    public void execute(Runnable task) {
        if (HTTP2 != null && HTTP2.isStreamTask(task)) {
            workers.spreadExecutor().execute(task); // not all on the hub of their connection
        } else {
            workers.executor().execute(task);
        }
    }

    @Override
    public int getPoolSize() {
        return workers.workers().stats().engine().threads();
    }

    @Override
    public int getMaxThreads() {
        return workers.settings().limit();
    }

    @Override
    public int getActiveCount() {
        return workers.workers().stats().engine().tasks();
    }

    /** The number is Treadle's, not Tomcat's, to change: false. */
    @Override
    public boolean resizePool(int corePoolSize, int maximumPoolSize) {
        return false;
    }

    /** There is no queue in front of the workers: false. */
    @Override
    public boolean resizeQueue(int capacity) {
        return false;
    }

    @Override
    public void shutdown() {
        workers.executor().shutdown();
    }

    @Override
    public List<Runnable> shutdownNow() {
        return workers.executor().shutdownNow();
    }

    @Override
    public boolean isShutdown() {
        return workers.executor().isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return workers.executor().isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return workers.executor().awaitTermination(timeout, unit);
    }

    /**
     * Does nothing, as {@link #shutdown}: the inherited one waits for an end that only the workers
     * bring.
     */
    @Override
    public void close() {
        shutdown();
    }
}
