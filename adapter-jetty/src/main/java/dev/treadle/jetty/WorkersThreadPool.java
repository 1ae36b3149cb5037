package dev.treadle.jetty;

import dev.treadle.loop.HubLoops;
import dev.treadle.spi.ServerWorkers;

import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

import java.util.Set;

/**
 * Jetty's pool with platform threads for Jetty's loops only: the acceptors and the selectors, which
 * hold a thread for as long as the server runs. Everything else goes to the workers.
 *
 * <p>Setting a virtual threads executor is not enough: Jetty 12.0 hands asynchronous dispatches,
 * {@code AsyncContext.start} and listeners to {@link #execute} (Server.ServerContext, 12.0.36),
 * where 12.1 asks for the virtual threads executor first.
 *
 * <p>The greatest number of threads is Jetty's 200, though hardly any are made: from it Jetty
 * derives how many selectors a connector gets (SelectorManager.defaultSelectors) and checks that
 * leases fit (ThreadPoolBudget).
 */
class WorkersThreadPool extends QueuedThreadPool {
    private static final int JETTY_DEFAULT_MAX_THREADS = 200;
    private static final int MIN_THREADS = 1;
    private static final int IDLE_TIMEOUT_MILLIS = 60_000;
    private static final int NO_RESERVED_THREADS = 0;

    private static final String ACCEPTORS = "org.eclipse.jetty.server.AbstractConnector";
    private static final String SELECTORS = "org.eclipse.jetty.io.ManagedSelector";

    /**
     * Tasks of a selector that concern one connection and end soon. On this pool a burst of
     * connections would start dozens of platform threads, and a protocol that calls the application
     * at the end of a connection would block them. The only other task of a selector is its loop.
     * If a new version of Jetty has another task, it gets a platform thread, which is safe for both
     * kinds.
     */
    private static final Set<String> CONNECTION_TASKS =
            Set.of(
                    SELECTORS + "$Accept",
                    SELECTORS + "$CreateEndPoint",
                    SELECTORS + "$DestroyEndPoint");

    // written before the pool starts, which publishes them to its threads; null before that
    private @Nullable ServerWorkers workers;
    private @Nullable WorkerTasks tasks;

    WorkersThreadPool(ServerWorkers workers) {
        this();
        use(workers);
    }

    /** Makes a pool that is to {@linkplain #use use} workers before it starts. */
    WorkersThreadPool() {
        super(
                JETTY_DEFAULT_MAX_THREADS,
                MIN_THREADS,
                IDLE_TIMEOUT_MILLIS,
                NO_RESERVED_THREADS,
                null,
                null);
        setName("treadle-jetty");
    }

    /** Hands everything but Jetty's loops to these workers, from the next start on. */
    final void use(ServerWorkers next) {
        workers = next;
        tasks = new WorkerTasks(next);
        setVirtualThreadsExecutor(tasks);
        // there may be a selector for each hub, and the usual number of threads besides
        next.hubLoops().ifPresent(hubs -> setMaxThreads(JETTY_DEFAULT_MAX_THREADS + hubs.count()));
    }

    /** As Jetty's own, with the stack that a loop needs which carries a hub. */
    @Override
    @SuppressWarnings("ThreadPriorityCheck") // what the pool was told, as Jetty's own
    public Thread newThread(Runnable job) {
        Thread thread = new Thread(null, job, "", HubLoops.STACK_BYTES);
        thread.setDaemon(isDaemon());
        thread.setPriority(getThreadsPriority());
        thread.setName(getName() + "-" + thread.threadId());
        thread.setContextClassLoader(QueuedThreadPool.class.getClassLoader());
        return thread;
    }

    boolean runsOn(ServerWorkers others) {
        ServerWorkers ours = workers;
        return ours != null && ours.equals(others);
    }

    @Override
    public void execute(Runnable job) {
        WorkerTasks runs = tasks;
        // without workers the pool is not started, and refuses the job
        if (runs == null || job instanceof HubSelector.Loop || isLoop(job.getClass().getName())) {
            super.execute(job);
        } else {
            runs.execute(job);
        }
    }

    private static boolean isLoop(String taskClass) {
        return taskClass.startsWith(ACCEPTORS)
                || (taskClass.startsWith(SELECTORS) && !CONNECTION_TASKS.contains(taskClass));
    }
}
