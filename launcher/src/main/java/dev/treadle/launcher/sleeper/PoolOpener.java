package dev.treadle.launcher.sleeper;

import dev.treadle.launcher.provision.JndiObjects;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;

import org.jspecify.annotations.Nullable;

import java.util.Set;

/** Opens the pools of an application as soon as its classes can be loaded. */
public final class PoolOpener implements ServletContainerInitializer {
    private final JndiObjects objects;

    /**
     * @param objects those of the application
     */
    public PoolOpener(JndiObjects objects) {
        this.objects = objects;
    }

    @Override
    public void onStartup(@Nullable Set<Class<?>> classes, ServletContext context) {
        objects.open(context.getClassLoader());
    }
}
