package dev.treadle.boot;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Finds the paths at which the actuator answers health on the server of the application: inside the
 * application, without its context path. If an orchestrator got 503 there because all workers are
 * busy, it would restart a server that works at its limit.
 *
 * <p>Read from the properties that the actuator reads, whose classes have moved between the lines
 * of Boot.
 */
final class HealthPaths {
    private static final String ACTUATOR =
            "org.springframework.boot.actuate.endpoint.annotation.Endpoint";

    /** Boot's default of server.port. */
    private static final int DEFAULT_PORT = 8080;

    /** Characters that a priority pattern cannot contain. */
    private static final Pattern UNUSUAL = Pattern.compile("[*?#;\\s]");

    private static final String SERVER = "server:";

    private final Environment environment;
    private final Binder binder;

    private HealthPaths(Environment environment) {
        this.environment = environment;
        this.binder = Binder.get(environment);
    }

    /** Returns them as patterns of priority; none without the actuator. */
    static List<String> of(Environment environment) {
        return ClassUtils.isPresent(ACTUATOR, HealthPaths.class.getClassLoader())
                ? new HealthPaths(environment).patterns()
                : List.of();
    }

    private List<String> patterns() {
        String servlet = path("spring.mvc.servlet.path", "");
        List<String> patterns = new ArrayList<>();
        Map<String, Group> groups =
                binder.bind(
                                "management.endpoint.health.group",
                                Bindable.mapOf(String.class, Group.class))
                        .orElse(Map.of());
        if (isOnTheServer()) {
            String base = servlet + path("management.endpoints.web.base-path", "/actuator");
            String health = path("management.endpoints.web.path-mapping.health", "/health");
            if (health.isEmpty()) { // health is the base path itself: what else is there is not
                patterns.add(base);
                List.of("liveness", "readiness").forEach(group -> patterns.add(base + "/" + group));
                groups.keySet().forEach(group -> patterns.add(base + "/" + group));
            } else {
                patterns.add(base + health + "/*");
            }
        }
        if (environment.getProperty(
                "management.endpoint.health.probes.add-additional-paths", boolean.class, false)) {
            patterns.add(servlet + "/livez");
            patterns.add(servlet + "/readyz");
        }
        groups.values().forEach(group -> addAdditional(servlet, group, patterns));
        return patterns.stream()
                .filter(pattern -> !pattern.isEmpty())
                .filter(pattern -> !UNUSUAL.matcher(withoutEnd(pattern)).find())
                .distinct()
                .toList();
    }

    private static String withoutEnd(String pattern) {
        return pattern.endsWith("/*") ? pattern.substring(0, pattern.length() - 2) : pattern;
    }

    /** Those at {@code management:} are on the management port, if that is another. */
    private static void addAdditional(String servlet, Group group, List<String> patterns) {
        String additional = group.additionalPath;
        if (additional != null && additional.toLowerCase(Locale.ROOT).startsWith(SERVER)) {
            patterns.add(servlet + withSlash(additional.substring(SERVER.length())));
        }
    }

    /** The same check as in ManagementPortType, whose package differs between the lines of Boot. */
    private boolean isOnTheServer() {
        Integer management = environment.getProperty("management.server.port", Integer.class);
        if (management == null) {
            return true;
        }
        int server = environment.getProperty("server.port", Integer.class, DEFAULT_PORT);
        return management > 0 && management == server;
    }

    /** Returns a path with a slash in front and none at its end; the root is the empty string. */
    private String path(String property, String otherwise) {
        String path = binder.bind(property, String.class).orElse(otherwise).strip();
        while (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        return path.isEmpty() ? "" : withSlash(path);
    }

    private static String withSlash(String path) {
        return path.startsWith("/") ? path : "/" + path;
    }

    /** The properties that are read of a group of health indicators. */
    static final class Group {
        private @Nullable String additionalPath;

        Group() {}

        /**
         * For Spring Boot.
         *
         * @param additionalPath such as {@code server:/healthz}
         */
        public void setAdditionalPath(String additionalPath) {
            this.additionalPath = additionalPath;
        }
    }
}
