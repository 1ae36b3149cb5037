package dev.treadle.agent;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URL;

/**
 * Loads the classes below one folder of the agent's jar. A class that is not there comes from the
 * core, if it is the core's; from the agent, if its package is; and else from the parent, which is
 * the class loader of the container. So the application sees nothing of Treadle, and may have
 * another version of the core's libraries.
 */
final class InnerLoader extends ClassLoader {
    private static final String OF_THE_AGENT = "dev.treadle.agent.";

    static {
        registerAsParallelCapable();
    }

    private final InnerJar jar;
    private final String folder;
    private final @Nullable InnerLoader core;

    /**
     * @param name of this loader, in stack traces
     * @param folder ends with a slash
     * @param core null: this is the core's
     */
    InnerLoader(
            String name,
            InnerJar jar,
            String folder,
            @Nullable InnerLoader core,
            ClassLoader parent) {
        super(name, parent);
        this.jar = jar;
        this.folder = folder;
        this.core = core;
    }

    private String entry(String className) {
        return folder + className.replace('.', '/') + ".class";
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.startsWith("java.")) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            if (known != null) {
                return known;
            }
            byte[] code = jar.read(entry(name));
            if (code != null) {
                return defineClass(name, code, 0, code.length, jar.domain());
            }
        }
        if (core != null && jar.has(core.entry(name))) {
            return core.loadClass(name, resolve);
        }
        if (name.startsWith(OF_THE_AGENT)) {
            return Class.forName(name, false, InnerLoader.class.getClassLoader());
        }
        return super.loadClass(name, resolve);
    }

    @Override
    public @Nullable URL getResource(String name) {
        URL own = findResource(name);
        return own != null ? own : super.getResource(name);
    }

    @Override
    protected @Nullable URL findResource(String name) {
        return jar.address(folder + name);
    }

    @Override
    public @Nullable InputStream getResourceAsStream(String name) {
        byte[] own = jar.read(folder + name);
        return own != null ? new ByteArrayInputStream(own) : super.getResourceAsStream(name);
    }
}
