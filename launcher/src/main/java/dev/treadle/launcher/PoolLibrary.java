package dev.treadle.launcher;

import dev.treadle.launcher.host.Library;
import dev.treadle.launcher.provision.PoolSettings;
import dev.treadle.launcher.provision.Pools;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.locks.ReentrantLock;

import javax.sql.DataSource;

/** The pools in {@code lib/pool}, which is loaded with the first pool. */
final class PoolLibrary implements Pools {
    private static final String POOLS = "dev.treadle.launcher.pool.HikariPools";

    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Pools loaded;

    @Override
    public DataSource open(PoolSettings settings, ClassLoader application) {
        return loaded().open(settings, application);
    }

    private Pools loaded() {
        lock.lock();
        try {
            Pools pools = loaded;
            if (pools == null) {
                pools = new Library("pool", "pool").make(POOLS, Pools.class);
                loaded = pools;
            }
            return pools;
        } finally {
            lock.unlock();
        }
    }
}
