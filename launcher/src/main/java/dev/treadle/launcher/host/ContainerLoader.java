package dev.treadle.launcher.host;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;

/**
 * The class loader of one container: the JDK, the container's own jars, and from the launcher only
 * what {@link #SHARED} says. So neither another container nor the launcher's libraries can be seen
 * by a container or by a web application in it.
 */
final class ContainerLoader extends URLClassLoader {
    static {
        registerAsParallelCapable();
    }

    /** Treadle's classes and the queues its core and its adapters are made with. */
    private static final List<String> SHARED = List.of("dev.treadle.", "org.jctools.");

    private final ClassLoader launcher;

    ContainerLoader(String name, URL[] jars, ClassLoader launcher) {
        super("treadle-" + name, jars, ClassLoader.getPlatformClassLoader());
        this.launcher = launcher;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (SHARED.stream().anyMatch(name::startsWith)) {
            try {
                // the launcher has no class of the hosts, but it must define the types they share
                // with it
                return launcher.loadClass(name);
            } catch (ClassNotFoundException onlyHere) {
                return super.findClass(name);
            }
        }
        return super.findClass(name);
    }
}
