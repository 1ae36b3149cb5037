package dev.treadle.launcher;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Advice for an application that did not start for lack of a class. */
final class MissingClass {
    /** A class that the JVM, the deployer of Undertow or Jetty did not find. */
    private static final Pattern MISSING =
            Pattern.compile(
                    "(?:NoClassDefFoundError|ClassNotFoundException): ([\\w./$]+)"
                            + "|([\\w.$]+) \\(expected: a class in WEB-INF"
                            + "|Class loading error for holder (?:[^=\\s]+==)?([\\w.$]+)"
                            + "|no classes of (javax\\.servlet)");

    private static final String OLD_NAMESPACE = "javax.servlet";

    private static final Map<String, String> CONTAINERS =
            Map.of(
                    "org.apache.catalina.", "--container tomcat or tomcat10",
                    "org.eclipse.jetty.", "--container jetty or jetty-ee10",
                    "io.undertow.", "--container undertow");

    private MissingClass() {}

    /**
     * Returns what to do, to be appended to the reason.
     *
     * @param reason why the application did not start
     * @param migrated whether it was converted from {@code javax.servlet}
     * @return nothing if no class is missing, or it is one of the application's own
     */
    static String advice(String reason, boolean migrated) {
        Matcher missing = MISSING.matcher(reason);
        return missing.find() ? adviceFor(name(missing), migrated) : "";
    }

    private static String name(Matcher missing) {
        StringBuilder name = new StringBuilder();
        for (int i = 1; i <= missing.groupCount(); i++) {
            name.append(missing.group(i) == null ? "" : missing.group(i));
        }
        return name.toString().replace('/', '.');
    }

    private static String adviceFor(String name, boolean migrated) {
        if (name.startsWith(OLD_NAMESPACE)) {
            return migrated
                    ? ""
                    : "; the application is made for javax.servlet, which is jakarta.servlet since"
                            + " Servlet 5.0: add --migrate, which converts it";
        }
        return CONTAINERS.entrySet().stream()
                .filter(container -> name.startsWith(container.getKey()))
                .findFirst()
                .map(container ->
                        "; the class is one of another container: try " + container.getValue())
                .orElse("");
    }
}
