package dev.treadle.launcher.pool;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import dev.treadle.launcher.host.StartFailedException;
import dev.treadle.launcher.provision.PoolSettings;
import dev.treadle.launcher.provision.Pools;

import org.jspecify.annotations.Nullable;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

import javax.sql.DataSource;

/** Pools of HikariCP. */
public final class HikariPools implements Pools {
    /** For the launcher. */
    public HikariPools() {}

    @Override
    public DataSource open(PoolSettings settings, ClassLoader application) {
        ClassLoader drivers = settings.jar().map(HikariPools::jar).orElse(application);
        String driver = settings.driver().orElseGet(() -> driverFor(settings, drivers));
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // HikariCP looks for the driver there
        thread.setContextClassLoader(drivers);
        try {
            HikariConfig config = config(settings);
            config.setDriverClassName(driver);
            return new HikariDataSource(config);
        } catch (RuntimeException noDriver) {
            throw new StartFailedException(
                    "--jndi: "
                            + settings.name()
                            + ".driver: "
                            + driver
                            + " (expected: the class of a driver "
                            + place(settings)
                            + "): it cannot be loaded",
                    noDriver);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static HikariConfig config(PoolSettings settings) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(settings.name());
        config.setJdbcUrl(settings.url());
        settings.user().ifPresent(config::setUsername);
        settings.password().ifPresent(config::setPassword);
        config.setMaximumPoolSize(settings.size());
        config.setConnectionTimeout(settings.timeout().toMillis());
        // a database that is restarted must not keep the application from starting
        config.setInitializationFailTimeout(-1);
        settings.properties().forEach(config::addDataSourceProperty);
        return config;
    }

    private static ClassLoader jar(Path jar) {
        try {
            return new URLClassLoader(
                    "treadle-driver",
                    new URL[] {jar.toUri().toURL()},
                    ClassLoader.getPlatformClassLoader());
        } catch (MalformedURLException impossible) {
            throw new IllegalStateException("every path is a URL", impossible);
        }
    }

    private static String driverFor(PoolSettings settings, ClassLoader drivers) {
        try {
            for (Driver driver : ServiceLoader.load(Driver.class, drivers)) {
                if (driver.acceptsURL(settings.url())) {
                    return driver.getClass().getName();
                }
            }
        } catch (SQLException | ServiceConfigurationError broken) {
            throw missing(settings, broken);
        }
        throw missing(settings, null);
    }

    private static StartFailedException missing(PoolSettings settings, @Nullable Throwable cause) {
        return new StartFailedException(
                "--jndi: "
                        + settings.name()
                        + ".url (expected: a driver for it "
                        + place(settings)
                        + "): there is none; add the jar of the driver to the WAR, or name it with "
                        + settings.name()
                        + ".jar",
                cause);
    }

    private static String place(PoolSettings settings) {
        return settings.jar().map(jar -> "in " + jar).orElse("in WEB-INF/lib");
    }
}
