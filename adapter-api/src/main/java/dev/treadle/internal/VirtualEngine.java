package dev.treadle.internal;

import java.time.Duration;
import java.util.List;

/**
 * The engine of the model {@code virtual}: one virtual thread a task, on the scheduler of the JDK.
 */
public final class VirtualEngine implements Engine {
    private final LiveTasks live = new LiveTasks();
    private final TaskPerThread threads = new TaskPerThread("treadle-virtual-", live);

    @Override
    public void execute(Runnable task) {
        threads.start(VirtualEngine::newThread, task);
    }

    private static Thread newThread(String name, Runnable task) {
        return Thread.ofVirtual().name(name).inheritInheritableThreadLocals(false).unstarted(task);
    }

    @Override
    public void whileWaiting(Wait wait) throws InterruptedException {
        wait.await();
    }

    @Override
    public int activeTasks() {
        return live.size();
    }

    @Override
    public int liveThreads() {
        return live.size();
    }

    @Override
    public List<String> close(Duration grace, Duration afterInterrupt) throws InterruptedException {
        return live.closeAndAwait(grace, afterInterrupt);
    }
}
