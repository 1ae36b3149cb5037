package dev.treadle.bench.blocking;

/** The JDK's scheduler of virtual threads. */
final class StockScheduler implements Scheduler {
    private static final String CARRIERS = "ForkJoinPool-1-worker-";

    private final int hubs;

    StockScheduler(int hubs) {
        this.hubs = hubs;
    }

    @Override
    public void execute(Runnable task) {
        Thread.startVirtualThread(task);
    }

    @Override
    public int spares() {
        long carriers =
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith(CARRIERS))
                        .count();
        return (int) Math.max(0, carriers - hubs);
    }

    @Override
    public long reports() {
        return 0;
    }

    @Override
    public Object held() {
        return Thread.currentThread();
    }
}
