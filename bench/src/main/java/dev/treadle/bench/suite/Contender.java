package dev.treadle.bench.suite;

import dev.treadle.bench.app.HostSetup;
import dev.treadle.bench.app.Runner;
import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One way to run requests that takes part in a benchmark.
 *
 * @param name as the user wrote it, such as {@code gevent:hubs=1}
 * @param runner what a server is told to run requests on
 * @param containers the servers that have it
 * @param settings of Treadle, by name; {@code n} among them replaces the benchmark's N
 */
public record Contender(
        String name, Runner runner, Set<String> containers, Map<String, String> settings) {
    private static final String N = "n";
    private static final Set<String> SERVLET_CONTAINERS = Set.of("tomcat", "jetty", "undertow");

    /** Every contender there is, by name. A later benchmark adds its own here. */
    private static final Map<String, Contender> KNOWN = known();

    private static Map<String, Contender> known() {
        Map<String, Contender> known = new LinkedHashMap<>();
        List<Contender> all =
                List.of(
                        in(SERVLET_CONTAINERS, "gevent", Runner.GEVENT, Map.of()),
                        in(
                                SERVLET_CONTAINERS,
                                "gevent-noretake",
                                Runner.GEVENT,
                                Map.of("retake", "off")),
                        in(
                                SERVLET_CONTAINERS,
                                "gevent-nogate",
                                Runner.GEVENT,
                                Map.of(HostSetup.GATE, "off")),
                        in(SERVLET_CONTAINERS, "threads", Runner.THREADS, Map.of()),
                        in(SERVLET_CONTAINERS, "virtual", Runner.VIRTUAL, Map.of()),
                        in(SERVLET_CONTAINERS, "pool", Runner.POOL, Map.of()),
                        in(SERVLET_CONTAINERS, "own-virtual", Runner.OWN_VIRTUAL, Map.of()),
                        in(
                                Set.of("undertow"),
                                "own-virtual-default",
                                Runner.OWN_VIRTUAL_DEFAULT,
                                Map.of()),
                        in(Set.of("jetty"), "own-virtual-pool", Runner.OWN_VIRTUAL_POOL, Map.of()),
                        in(Set.of("helidon"), "helidon", Runner.OWN_VIRTUAL, Map.of()));
        all.forEach(contender -> known.put(contender.name(), contender));
        return known;
    }

    private static Contender in(
            Set<String> containers, String name, Runner runner, Map<String, String> settings) {
        return new Contender(name, runner, containers, settings);
    }

    /** Returns the names of all contenders. */
    public static String names() {
        return String.join(", ", KNOWN.keySet());
    }

    /**
     * Reads a contender as users write it: a name, and settings of its own after colons, such as
     * {@code gevent:hubs=1:retake=off}.
     *
     * @throws InvalidSettingException if there is none of that name, or a setting is not one
     */
    public static Contender parse(String option, String text) {
        String[] parts = text.split(":", -1);
        Contender base = KNOWN.get(parts[0]);
        if (base == null) {
            throw new InvalidSettingException(option, parts[0], "one of " + names());
        }
        Map<String, String> settings = new LinkedHashMap<>(base.settings());
        for (int i = 1; i < parts.length; i++) {
            Pair pair = Pair.parse(option, parts[i]);
            settings.put(pair.name(), pair.value());
        }
        Contender contender = in(base.containers(), text, base.runner(), settings);
        contender.requireFitting(option);
        return contender;
    }

    private void requireFitting(String option) {
        List<String> names = new ArrayList<>(settings.keySet());
        names.remove(N);
        if (!runner.isTreadle() && !names.isEmpty()) {
            throw new InvalidSettingException(
                    option, name, "settings other than n only with gevent, threads or virtual");
        }
    }

    /** Returns the N that was written for it, or null. */
    @Nullable String writtenN() {
        return settings.get(N);
    }

    /** Returns its settings of Treadle, without N. */
    Map<String, String> workerSettings() {
        Map<String, String> rest = new LinkedHashMap<>(settings);
        rest.remove(N);
        return rest;
    }

    /** Whether it is of Treadle; also in a variant such as {@code gevent:hubs=1}. */
    public boolean isTreadle() {
        return runner.isTreadle();
    }
}
