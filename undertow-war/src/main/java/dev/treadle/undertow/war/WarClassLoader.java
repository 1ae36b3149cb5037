package dev.treadle.undertow.war;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The class loader of a web application. A class is the JDK's, or one of the APIs that the
 * container implements, or else the WAR's own; with the container first, all classes of the
 * container come before those of the WAR. The classes that the container is made of cannot be seen.
 * An API class that the container does not have, such as one of JSTL, comes from the WAR.
 */
final class WarClassLoader extends URLClassLoader {
    static {
        registerAsParallelCapable();
    }

    /** The container's: the APIs, what compiled pages call, and Undertow itself. */
    private static final List<String> CONTAINERS =
            List.of(
                    "jakarta.annotation.",
                    "jakarta.el.",
                    "jakarta.servlet.",
                    "jakarta.websocket.",
                    "org.apache.el.",
                    "org.apache.jasper.",
                    "org.apache.juli.",
                    "org.apache.naming.",
                    "org.apache.tomcat.",
                    "io.undertow.",
                    "org.xnio.");

    private static final String SERVICES = "META-INF/services/";

    /** Those of the container would run for each WAR a second time. */
    private static final String INITIALIZERS =
            SERVICES + "jakarta.servlet.ServletContainerInitializer";

    /** {@link Extensions} has them. */
    private static final String EXTENSIONS = SERVICES + Extensions.SERVICE;

    private static final Set<String> JDK_PACKAGES =
            ModuleLayer.boot().modules().stream()
                    .flatMap(module -> module.getPackages().stream())
                    .collect(Collectors.toUnmodifiableSet());

    private final ClassLoader container;
    private final boolean parentFirst;

    WarClassLoader(URL[] urls, ClassLoader container, boolean parentFirst) {
        super("war", urls, container);
        this.container = container;
        this.parentFirst = parentFirst;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            Class<?> found = loaded == null ? load(name) : loaded;
            if (resolve) {
                resolveClass(found);
            }
            return found;
        }
    }

    private Class<?> load(String name) throws ClassNotFoundException {
        int dot = name.lastIndexOf('.');
        if (isContainers(name) || (dot > 0 && JDK_PACKAGES.contains(name.substring(0, dot)))) {
            try {
                return container.loadClass(name);
            } catch (ClassNotFoundException onlyHere) {
                return findClass(name);
            }
        }
        return findClass(name);
    }

    private boolean isContainers(String className) {
        return parentFirst || CONTAINERS.stream().anyMatch(className::startsWith);
    }

    @Override
    public @Nullable URL getResource(String name) {
        URL first = parentFirst ? ofContainer(name).getResource(name) : findResource(name);
        if (first != null) {
            return first;
        }
        return parentFirst ? findResource(name) : ofContainer(name).getResource(name);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        if (name.equals(EXTENSIONS)) {
            return Collections.emptyEnumeration();
        }
        List<URL> all = new ArrayList<>(Collections.list(findResources(name)));
        all.addAll(
                parentFirst ? 0 : all.size(),
                Collections.list(ofContainer(name).getResources(name)));
        return Collections.enumeration(all);
    }

    /** The container shows what is beside its visible classes, and services made of them. */
    private ClassLoader ofContainer(String resource) {
        String service = resource.startsWith(SERVICES) ? resource.substring(SERVICES.length()) : "";
        boolean visible =
                isContainers(service.isEmpty() ? resource.replace('/', '.') : service)
                        && !resource.equals(INITIALIZERS);
        return visible ? container : ClassLoader.getPlatformClassLoader();
    }
}
