package dev.treadle.undertow.war;

import org.jboss.jandex.ClassInfo;
import org.jboss.jandex.DotName;

import java.io.IOException;
import java.util.Collection;
import java.util.Optional;

/**
 * Finds a web application of Servlet 4 or older, whose API has other names. Its servlets would not
 * be found, and all paths be answered with 404.
 */
final class JavaxNamespace {
    private static final String INITIALIZER = "servlet.ServletContainerInitializer";
    private static final String OLD = "javax.servlet.";
    private static final String NEW = "jakarta.servlet.";

    private JavaxNamespace() {}

    static void refuse(WarFiles files, ClassIndex index) throws IOException, InvalidWarException {
        Collection<ClassInfo> own = index.in(files.classes()).getKnownClasses();
        Optional<String> old = below(own, OLD);
        if (old.isPresent() && below(own, NEW).isEmpty()) {
            throw refused(files.classes().name() + ": " + old.get());
        }
        if (below(index.classes(), NEW).isEmpty()) {
            for (Part part : files.parts()) {
                for (String initializer : part.providers("javax." + INITIALIZER)) {
                    throw refused(part.name() + ": the initializer " + initializer);
                }
            }
        }
    }

    private static Optional<String> below(Collection<ClassInfo> classes, String packages) {
        for (ClassInfo type : classes) {
            for (DotName above : ClassIndex.directlyAbove(type)) {
                if (above.toString().startsWith(packages)) {
                    return Optional.of(type.name() + ", which is a " + above);
                }
            }
        }
        return Optional.empty();
    }

    private static InvalidWarException refused(String found) {
        return new InvalidWarException(
                found
                        + " (expected: jakarta.servlet, the API since Servlet 5.0): this container has no"
                        + " classes of javax.servlet");
    }
}
