package dev.treadle.bench.blocking;

import dev.treadle.internal.engine.GeventEngine;
import dev.treadle.internal.hub.Watching;

/** Hubs of Treadle. */
final class HubScheduler implements Scheduler {
    private final GeventEngine engine;
    private final int hubs;

    HubScheduler(int hubs, Watching watching) {
        this.engine = new GeventEngine(hubs, watching);
        this.hubs = hubs;
    }

    @Override
    public void execute(Runnable task) {
        engine.execute(task);
    }

    @Override
    public int spares() {
        return Math.max(0, engine.carriers() - hubs);
    }

    @Override
    public long reports() {
        return engine.longSlices();
    }

    /** The name of the carrier, which is that of the hub: virtual threads show it after an @. */
    @Override
    public Object held() {
        String thread = Thread.currentThread().toString();
        return thread.substring(thread.lastIndexOf('@') + 1);
    }
}
