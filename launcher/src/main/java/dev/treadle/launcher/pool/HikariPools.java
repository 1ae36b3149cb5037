package dev.treadle.launcher.pool;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import dev.treadle.launcher.provision.PoolSettings;
import dev.treadle.launcher.provision.Pools;

import java.sql.Driver;

import javax.sql.DataSource;

/** Pools of HikariCP. */
public final class HikariPools implements Pools {
    /** For the launcher. */
    public HikariPools() {}

    @Override
    public DataSource open(PoolSettings settings, ClassLoader application) {
        Driver driver = new Drivers(settings, application).find();
        HikariConfig config = new HikariConfig();
        config.setPoolName(settings.name());
        config.setDataSource(new DriverSource(driver, settings));
        config.setMaximumPoolSize(settings.size());
        config.setConnectionTimeout(settings.timeout().toMillis());
        // a database that is restarted must not keep the application from starting
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }
}
