package dev.treadle.agent;

import java.util.List;
import java.util.Set;

/**
 * The classes whose pools are made cooperative, by {@code monkey-patch-include} and {@code
 * monkey-patch-exclude}. A pattern is the name of a class, which stands for its nested classes too,
 * or a package and all below it, such as {@code com.example.*}.
 *
 * @param include empty: every class of the application
 * @param exclude wins over {@code include}
 * @since 0.2.0
 */
public record ExecutorPatterns(List<String> include, List<String> exclude) {
    /** The containers and Treadle. Their pools are their own business. */
    private static final Set<String> NEVER =
            Set.of(
                    "dev.treadle.agent.",
                    "dev.treadle.boot.",
                    "dev.treadle.gate.",
                    "dev.treadle.internal.",
                    "dev.treadle.jetty.",
                    "dev.treadle.launcher.",
                    "dev.treadle.loop.",
                    "dev.treadle.settings.",
                    "dev.treadle.spi.",
                    "dev.treadle.stats.",
                    "dev.treadle.tomcat.",
                    "dev.treadle.undertow.",
                    "org.apache.catalina.",
                    "org.apache.coyote.",
                    "org.apache.juli.",
                    "org.apache.tomcat.",
                    "org.eclipse.jetty.",
                    "io.undertow.",
                    "org.xnio.",
                    "org.jboss.threads.",
                    "org.wildfly.");

    private static final String BELOW = ".*";
    private static final String NAME = "\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*";
    private static final String PATTERN = NAME + "(\\." + NAME + ")*(\\.\\*)?";

    /** Copies both lists. */
    public ExecutorPatterns {
        include = List.copyOf(include);
        exclude = List.copyOf(exclude);
    }

    /** Whether a text is a pattern. */
    public static boolean isPattern(String text) {
        return text.matches(PATTERN);
    }

    /** Whether the classes of a pattern are never changed. */
    public static boolean isOfAContainer(String pattern) {
        return isNever(pattern.endsWith(BELOW) ? withoutStar(pattern) : pattern);
    }

    private static boolean isNever(String name) {
        return NEVER.stream().anyMatch(name::startsWith);
    }

    private static String withoutStar(String pattern) {
        return pattern.substring(0, pattern.length() - 1);
    }

    /**
     * Whether the pools of a class are changed.
     *
     * @param className with dots
     */
    boolean matches(String className) {
        return !isNever(className)
                && (include.isEmpty() || any(include, className))
                && !any(exclude, className);
    }

    private static boolean any(List<String> patterns, String className) {
        for (String pattern : patterns) {
            if (pattern.endsWith(BELOW)
                    ? className.startsWith(withoutStar(pattern))
                    : className.equals(pattern) || className.startsWith(pattern + "$")) {
                return true;
            }
        }
        return false;
    }
}
