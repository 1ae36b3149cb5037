package dev.treadle.undertow;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The workers as Undertow sees them. XNIO keeps resources for a thread that selects, which few do
 * ({@link ThreadExit}). They are freed at the end of each task. A virtual thread ends there anyway.
 * A thread of a pool lives on, but would hold the descriptors of its selector while it is idle, and
 * beyond its end. Opening a selector again costs little compared with the wait it is opened for.
 */
final class WorkerTasks extends AbstractExecutorService {
    private final ExecutorService workers;
    private final ThreadExit threadExit;

    WorkerTasks(ExecutorService workers, ThreadExit threadExit) {
        this.workers = workers;
        this.threadExit = threadExit;
    }

    @Override
    public void execute(Runnable task) {
        workers.execute(() -> run(task));
    }

    /**
     * Returns the same for tasks that go to the emptiest hub ({@link
     * dev.treadle.spi.ServerWorkers#spreadExecutor}).
     */
    Executor spreading(Executor spread) {
        return task -> spread.execute(() -> run(task));
    }

    private void run(Runnable task) {
        try {
            task.run();
        } finally {
            threadExit.currentThreadEnds();
        }
    }

    @Override
    public void shutdown() {
        workers.shutdown();
    }

    @Override
    public List<Runnable> shutdownNow() {
        return workers.shutdownNow();
    }

    @Override
    public boolean isShutdown() {
        return workers.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return workers.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return workers.awaitTermination(timeout, unit);
    }
}
