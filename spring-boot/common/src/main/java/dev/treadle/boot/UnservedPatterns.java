package dev.treadle.boot;

import dev.treadle.settings.LimitSettings;
import dev.treadle.settings.WorkerSettings;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Finds path patterns of the settings that fit no path that a servlet of the application is mapped
 * to, such as {@code /api/*} where {@code spring.mvc.servlet.path} is {@code /mvc}.
 */
final class UnservedPatterns {
    private final String contextPath;
    private final Collection<String> mappings;

    UnservedPatterns(String contextPath, Collection<String> mappings) {
        this.contextPath = contextPath;
        this.mappings = mappings;
    }

    static UnservedPatterns of(ServletContext context) {
        Collection<String> mappings = new TreeSet<>();
        for (ServletRegistration servlet : context.getServletRegistrations().values()) {
            mappings.addAll(servlet.getMappings());
        }
        return new UnservedPatterns(context.getContextPath(), mappings);
    }

    /**
     * Returns a warning for each of them.
     *
     * @param own priority paths that the user has not set, which need no warning
     */
    List<String> warnings(WorkerSettings settings, Collection<String> own) {
        List<String> warnings = new ArrayList<>();
        settings.priorityPaths().stream()
                .filter(pattern -> !own.contains(pattern))
                .filter(this::isUnserved)
                .forEach(pattern -> warnings.add(warning("treadle.priority-path", pattern)));
        settings.limits().stream()
                .filter(LimitSettings::isPath)
                .map(LimitSettings::name)
                .filter(this::isUnserved)
                .forEach(pattern -> warnings.add(warning("treadle.limit", pattern)));
        return warnings;
    }

    private String warning(String property, String pattern) {
        return property
                + ": "
                + pattern
                + " (expected: a path that a servlet of this application is mapped to: "
                + String.join(" ", mappings)
                + "): it matches no request; write the path inside the application, or the whole"
                + " path with its context path";
    }

    boolean isUnserved(String pattern) {
        return inside(pattern)
                .noneMatch(part -> mappings.stream().anyMatch(each -> meet(part, each)));
    }

    /** The pattern itself, and without the context path where it may be that of a whole path. */
    private Stream<String> inside(String pattern) {
        if (contextPath.isEmpty() || !pattern.startsWith("/")) {
            return Stream.of(pattern);
        }
        if (pattern.startsWith(contextPath + "/")) {
            return Stream.of(pattern, pattern.substring(contextPath.length()));
        }
        boolean above = pattern.endsWith("/*") && covers(pattern, contextPath);
        return above ? Stream.of(pattern, "/*") : Stream.of(pattern);
    }

    /** Whether a path can fit both: a pattern, and a mapping of a servlet. */
    private static boolean meet(String pattern, String mapping) {
        if (mapping.equals("/") || mapping.equals("/*") || pattern.equals("/*")) {
            return true;
        }
        if (mapping.isEmpty()) {
            return pattern.equals("/"); // the context root alone
        }
        boolean open = isOpen(pattern) && isOpen(mapping);
        if (open && (pattern.startsWith("*") || mapping.startsWith("*"))) {
            return true;
        }
        return covers(pattern, withoutEnd(mapping)) || covers(mapping, withoutEnd(pattern));
    }

    private static boolean isOpen(String pattern) {
        return pattern.startsWith("*") || pattern.endsWith("/*");
    }

    private static String withoutEnd(String pattern) {
        return pattern.endsWith("/*") ? pattern.substring(0, pattern.length() - 2) : pattern;
    }

    private static boolean covers(String pattern, String path) {
        if (pattern.startsWith("*")) {
            return path.endsWith(pattern.substring(1));
        }
        if (!pattern.endsWith("/*")) {
            return path.equals(pattern);
        }
        String base = withoutEnd(pattern);
        return path.equals(base) || path.startsWith(base + "/");
    }
}
