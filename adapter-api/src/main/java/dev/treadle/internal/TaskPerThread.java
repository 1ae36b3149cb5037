package dev.treadle.internal;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A new virtual thread for each task, whoever schedules it. The threads get the context class
 * loader that was the context when the engine was made: what starts a request thread (a selector,
 * another application's thread) says nothing about the class loader a container's own code needs.
 */
final class TaskPerThread {
    /** Makes the virtual thread, not started. */
    interface Factory {
        Thread newThread(String name, Runnable task);
    }

    private final String namePrefix;
    private final @Nullable ClassLoader contextLoader =
            Thread.currentThread().getContextClassLoader();
    private final AtomicLong sequence = new AtomicLong();
    private final LiveTasks live;

    TaskPerThread(String namePrefix, LiveTasks live) {
        this.namePrefix = namePrefix;
        this.live = live;
    }

    void start(Factory factory, Runnable task) {
        LiveTask liveTask = new LiveTask(task, live);
        Thread thread = factory.newThread(namePrefix + sequence.incrementAndGet(), liveTask);
        liveTask.thread = thread;
        thread.setContextClassLoader(contextLoader);
        if (!live.begin(thread)) {
            throw new RejectedExecutionException(
                    "Treadle's workers are closed; task " + task + " was not started");
        }
        boolean started = false;
        try {
            thread.start();
            started = true;
        } finally {
            if (!started) {
                live.end(thread);
            }
        }
    }

    private static final class LiveTask implements Runnable {
        private final Runnable task;
        private final LiveTasks live;
        // written before the thread is started, read by that thread only
        private @Nullable Thread thread;

        LiveTask(Runnable task, LiveTasks live) {
            this.task = task;
            this.live = live;
        }

        @Override
        public void run() {
            try {
                task.run();
            } finally {
                Thread self = thread;
                if (self != null) {
                    live.end(self);
                }
            }
        }
    }
}
