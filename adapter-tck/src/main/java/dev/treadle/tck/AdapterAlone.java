package dev.treadle.tck;

import dev.treadle.spi.ContainerAdapter;

import java.io.IOException;
import java.io.InputStream;

/**
 * An adapter whose container is not on the class path: the starter brings all three adapters, and
 * an application has one container. It is loaded anew by a class loader that knows no class of the
 * container.
 */
public final class AdapterAlone extends ClassLoader {
    private final Class<? extends ContainerAdapter> adapter;
    private final String container;

    private AdapterAlone(Class<? extends ContainerAdapter> adapter, String container) {
        super(adapter.getClassLoader());
        this.adapter = adapter;
        this.container = container;
    }

    /**
     * Loads the adapter anew.
     *
     * @param container how the names of the container's classes begin, such as {@code
     *     org.apache.catalina.}
     */
    public static ContainerAdapter load(Class<? extends ContainerAdapter> adapter, String container)
            throws Exception {
        AdapterAlone alone = new AdapterAlone(adapter, container);
        Class<?> loaded = alone.loadClass(adapter.getName());
        if (loaded.getClassLoader() != alone) {
            throw new IllegalStateException(loaded + " is of " + loaded.getClassLoader());
        }
        return (ContainerAdapter) loaded.getConstructor().newInstance();
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.startsWith(container)) {
            throw new ClassNotFoundException(name);
        }
        if (!name.startsWith(adapter.getPackageName() + ".")) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known == null ? define(name) : known;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException unreadable) {
            throw new ClassNotFoundException(name, unreadable);
        }
    }
}
