package dev.treadle.launcher.jetty;

import dev.treadle.launcher.host.ExternalEntities;

import org.eclipse.jetty.util.resource.Resource;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;

/**
 * Looks at the fragments of libraries before Jetty parses them. The launcher itself looks at {@code
 * web.xml}, on each container; the parsers of the others refuse such fragments.
 */
final class JettyFragments {
    private JettyFragments() {}

    /**
     * Checks them.
     *
     * @param fragments as Jetty has them: resources by the resources of their jars
     * @throws IllegalArgumentException if one has an external entity
     */
    static void requireNoExternalEntities(@Nullable Object fragments) throws IOException {
        if (fragments instanceof Map<?, ?> byJar) {
            for (Object fragment : byJar.values()) {
                if (fragment instanceof Resource resource) {
                    requireNoExternalEntities(resource);
                }
            }
        }
    }

    private static void requireNoExternalEntities(Resource fragment) throws IOException {
        Optional<String> found;
        try (InputStream text = fragment.newInputStream()) {
            found = ExternalEntities.in(text);
        }
        if (found.isPresent()) {
            throw new IllegalArgumentException(
                    fragment
                            + " (expected: a descriptor without external entities): it declares "
                            + found.get());
        }
    }
}
