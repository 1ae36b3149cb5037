package dev.treadle.undertow.war;

import io.undertow.servlet.api.ServletContainerInitializerInfo;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.annotation.HandlesTypes;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Finds the initializers of an application, with the classes that they ask for. */
final class Initializers {
    private static final Logger LOG = System.getLogger("dev.treadle.undertow.war");

    private final ClassLoader loader;
    private final ClassIndex.Search search;

    Initializers(ClassLoader loader, ClassIndex.Search search) {
        this.loader = loader;
        this.search = search;
    }

    /** Returns them in the order of the parts. */
    List<ServletContainerInitializerInfo> in(List<Part> parts)
            throws IOException, InvalidWarException {
        List<ServletContainerInitializerInfo> found = new ArrayList<>();
        for (Part part : parts) {
            for (String name : part.providers(ServletContainerInitializer.class.getName())) {
                found.add(info(part, name));
            }
        }
        return found;
    }

    private ServletContainerInitializerInfo info(Part part, String name)
            throws InvalidWarException {
        Class<? extends ServletContainerInitializer> type =
                WarClasses.load(
                        loader,
                        part.name() + ": initializer",
                        name,
                        ServletContainerInitializer.class);
        try {
            return new ServletContainerInitializerInfo(
                    type, WarClasses.constructor(type), handled(type));
        } catch (NoSuchMethodException wrong) {
            throw new InvalidWarException(
                    name + " (expected: a constructor without parameters)", wrong);
        }
    }

    /** The specification has null for none. */
    private @Nullable Set<Class<?>> handled(Class<?> initializer) {
        Set<String> names = new LinkedHashSet<>();
        try {
            HandlesTypes types = initializer.getAnnotation(HandlesTypes.class);
            if (types != null) {
                for (Class<?> type : types.value()) {
                    names.addAll(search.matching(type));
                }
            }
        } catch (TypeNotPresentException | ArrayStoreException | LinkageError missing) {
            LOG.log(
                    Level.WARNING,
                    () ->
                            initializer.getName()
                                    + " is shown no classes: its HandlesTypes names one that is not"
                                    + " in the WAR: "
                                    + missing);
        }
        Set<Class<?>> classes = loadable(names);
        return classes.isEmpty() ? null : classes;
    }

    /** A library may have classes for other libraries that are not there: those are left out. */
    Set<Class<?>> loadable(Set<String> names) {
        Set<Class<?>> classes = new LinkedHashSet<>();
        for (String name : names) {
            try {
                classes.add(loader.loadClass(name));
            } catch (ClassNotFoundException | LinkageError incomplete) {
                LOG.log(Level.DEBUG, () -> name + " is not shown to initializers: " + incomplete);
            }
        }
        return classes;
    }
}
