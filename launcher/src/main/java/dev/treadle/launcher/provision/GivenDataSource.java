package dev.treadle.launcher.provision;

import org.jspecify.annotations.Nullable;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Logger;

import javax.sql.DataSource;

/**
 * A data source that an application finds before its classes can be loaded. Its pool is opened when
 * they can, and closed when the application has ended.
 */
final class GivenDataSource implements DataSource {
    private final PoolSettings settings;
    private final Pools pools;

    // not a monitor: a greenlet that waits for one would hold its carrier before JDK 24
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable DataSource pool;
    private boolean closed;

    GivenDataSource(PoolSettings settings, Pools pools) {
        this.settings = settings;
        this.pools = pools;
    }

    /** Opens the pool, unless it is open. */
    void open(ClassLoader application) {
        lock.lock();
        try {
            if (pool == null) {
                pool = pools.open(settings, application);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Closes the pool, for good. */
    void close() throws Exception {
        lock.lock();
        try {
            closed = true;
            DataSource ended = pool;
            // an object that is still bound somewhere must not keep the classes of the driver
            pool = null;
            if (ended instanceof AutoCloseable open) {
                open.close();
            }
        } finally {
            lock.unlock();
        }
    }

    private DataSource pool() throws SQLException {
        lock.lock();
        try {
            if (closed) {
                throw new SQLException(settings.name() + ": closed, for its application has ended");
            }
            if (pool == null) {
                // some initializer of the application wants it early
                open(Thread.currentThread().getContextClassLoader());
            }
            return Objects.requireNonNull(pool);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        return pool().getConnection();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return pool().getConnection(user, password);
    }

    @Override
    public @Nullable PrintWriter getLogWriter() throws SQLException {
        return pool().getLogWriter();
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        pool().setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        pool().setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return pool().getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("its logger is that of the driver");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return type.isInstance(this) ? type.cast(this) : pool().unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return type.isInstance(this) || pool().isWrapperFor(type);
    }

    @Override
    public String toString() {
        return "data source " + settings.name();
    }
}
