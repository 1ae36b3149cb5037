package dev.treadle.launcher.provision;

import javax.sql.DataSource;

/** Makes pools of connections. Implemented in a class loader of its own. */
public interface Pools {
    /**
     * Opens a pool. It connects later, so the database need not run yet.
     *
     * @param application has the classes of the WAR
     * @return a data source that is {@link AutoCloseable}
     * @throws dev.treadle.launcher.host.StartFailedException if there is no such driver
     */
    DataSource open(PoolSettings settings, ClassLoader application);
}
