package dev.treadle.undertow.war;

import io.undertow.servlet.ServletExtension;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;

/**
 * Finds the extensions of Undertow for a deployment: those of the container, which Treadle's
 * adapter is one of, and those in the WAR. An extension in both is the container's. Undertow by
 * itself would take the class from the WAR, and the adapter that is in a WAR knows nothing of the
 * workers around it.
 */
final class Extensions {
    static final String SERVICE = ServletExtension.class.getName();

    private Extensions() {}

    static List<ServletExtension> of(List<Part> parts, ClassLoader war)
            throws IOException, InvalidWarException {
        List<ServletExtension> found = new ArrayList<>();
        Set<String> names = new HashSet<>();
        ClassLoader container = Extensions.class.getClassLoader();
        for (ServletExtension extension : ServiceLoader.load(ServletExtension.class, container)) {
            names.add(extension.getClass().getName());
            found.add(extension);
        }
        for (Part part : parts) {
            for (String name : part.providers(SERVICE)) {
                if (names.add(name)) {
                    found.add(made(part, name, war));
                }
            }
        }
        return found;
    }

    private static ServletExtension made(Part part, String name, ClassLoader war)
            throws InvalidWarException {
        try {
            return WarClasses.load(war, part.name() + ": extension", name, ServletExtension.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException wrong) {
            throw new InvalidWarException(
                    part.name() + ": " + name + " (expected: an extension that can be made)",
                    wrong);
        }
    }
}
