package dev.treadle.launcher.pool;

import dev.treadle.launcher.host.StartFailedException;
import dev.treadle.launcher.provision.PoolSettings;

import org.jspecify.annotations.Nullable;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Finds the driver of a pool: in the WAR, or in the jar that the settings name. */
final class Drivers {
    private final PoolSettings settings;
    private final ClassLoader loader;

    Drivers(PoolSettings settings, ClassLoader application) {
        this.settings = settings;
        this.loader = settings.jar().map(Drivers::jar).orElse(application);
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

    /**
     * Returns the driver.
     *
     * @throws StartFailedException if there is none that takes the address
     */
    Driver find() {
        return settings.driver().map(this::named).orElseGet(this::forAddress);
    }

    private Driver named(String name) {
        Driver driver;
        try {
            driver =
                    loader.loadClass(name)
                            .asSubclass(Driver.class)
                            .getDeclaredConstructor()
                            .newInstance();
        } catch (ReflectiveOperationException | ClassCastException | LinkageError wrong) {
            throw failure(
                    "driver: " + name + " (expected: the class of a driver " + place() + ")",
                    "it cannot be loaded: " + wrong,
                    wrong);
        }
        if (!accepts(driver)) {
            throw failure(
                    "driver: " + name + " (expected: a driver for the address)",
                    "it does not take the one in " + settings.name() + ".url; mend one of the two",
                    null);
        }
        return driver;
    }

    private Driver forAddress() {
        try {
            for (Driver driver : ServiceLoader.load(Driver.class, loader)) {
                if (accepts(driver)) {
                    return driver;
                }
            }
        } catch (ServiceConfigurationError broken) {
            throw missing(broken);
        }
        throw missing(null);
    }

    private boolean accepts(Driver driver) {
        try {
            return driver.acceptsURL(settings.url());
        } catch (SQLException no) {
            return false;
        }
    }

    private StartFailedException missing(@Nullable Throwable cause) {
        return failure(
                "url (expected: a driver for it " + place() + ")",
                "there is none; add the jar of the driver to the WAR, or name it with "
                        + settings.name()
                        + ".jar",
                cause);
    }

    private StartFailedException failure(String key, String text, @Nullable Throwable cause) {
        return new StartFailedException(
                "--jndi: " + settings.name() + "." + key + ": " + text, cause);
    }

    private String place() {
        return settings.jar().map(jar -> "in " + jar).orElse("in WEB-INF/lib");
    }
}
