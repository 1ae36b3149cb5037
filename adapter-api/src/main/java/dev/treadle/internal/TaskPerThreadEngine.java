package dev.treadle.internal;

import java.time.Duration;
import java.util.List;

/**
 * What the engines have in common that make a thread for each task: virtual threads are cheap
 * enough that one which waits need not be made up for.
 */
abstract class TaskPerThreadEngine implements Engine {
    private final LiveTasks live = new LiveTasks();
    private final TaskPerThread threads;

    /**
     * @param namePrefix of the threads; a number follows
     */
    TaskPerThreadEngine(String namePrefix) {
        threads = new TaskPerThread(namePrefix, live);
    }

    final void start(TaskPerThread.Factory factory, Runnable task) {
        threads.start(factory, task);
    }

    @Override
    public final void whileWaiting(Wait wait) throws InterruptedException {
        wait.await();
    }

    @Override
    public final int activeTasks() {
        return live.size();
    }

    @Override
    public final int liveThreads() {
        return live.size();
    }

    @Override
    public List<String> close(Duration grace, Duration afterInterrupt) throws InterruptedException {
        return live.closeAndAwait(grace, afterInterrupt);
    }
}
