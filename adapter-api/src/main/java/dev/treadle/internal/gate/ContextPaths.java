package dev.treadle.internal.gate;

import dev.treadle.internal.base.PathPattern;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * The context paths of the applications of a server. A path pattern of the settings is compared
 * with the whole path of a request and with its part inside the application, as servlet mappings
 * are: {@code /api/*} holds in an application at {@code /shop} too. Immutable.
 *
 * @param longestFirst without those of root contexts, longest first; each begins with a slash and
 *     ends with none
 */
public record ContextPaths(List<String> longestFirst) {
    /** All applications are at the root. */
    static final ContextPaths ROOT = new ContextPaths(List.of());

    /**
     * Returns those of applications at these paths.
     *
     * @param paths as containers and users write them: {@code ""} and {@code "/"} are the root, and
     *     a last slash does not count
     */
    public static ContextPaths of(Collection<String> paths) {
        return new ContextPaths(
                paths.stream()
                        .map(path ->
                                path.endsWith("/") ? path.substring(0, path.length() - 1) : path)
                        .filter(path -> !path.isEmpty())
                        .distinct()
                        .sorted(Comparator.comparingInt(String::length).reversed())
                        .toList());
    }

    /**
     * Whether the pattern fits the path, or the part of it that is inside the application. The
     * longest context path that the path begins with is the one of its application.
     */
    boolean matches(PathPattern pattern, String path) {
        if (pattern.matches(path, 0)) {
            return true;
        }
        int start = lengthIn(path);
        return start > 0 && pattern.matches(path, start);
    }

    /** Returns the length of the context path in a path; 0 if it is of no context but the root. */
    int lengthIn(String path) {
        for (int i = 0; i < longestFirst.size(); i++) {
            String context = longestFirst.get(i);
            int length = context.length();
            if (path.startsWith(context)
                    && (path.length() == length || path.charAt(length) == '/')) {
                return length;
            }
        }
        return 0;
    }
}
