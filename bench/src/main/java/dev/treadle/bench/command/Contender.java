package dev.treadle.bench.command;

import dev.treadle.bench.server.HostSetup;
import dev.treadle.bench.server.Runner;
import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One way to run requests that takes part in a benchmark.
 *
 * @param name as the user wrote it, such as {@code gevent:hubs=1}
 * @param runner what a server is told to run requests on
 * @param containers the servers that have it
 * @param settings of Treadle, by name; {@code n} among them replaces the benchmark's N
 */
record Contender(String name, Runner runner, Set<String> containers, Map<String, String> settings) {
    /** The size of the containers' own pools. */
    static final int POOL = 200;

    static final int GREENLETS = 1_000;

    /** Jetty's virtual thread pool counts its acceptors and selectors among its tasks. */
    private static final int LOOPS = 100;

    private static final String N = "n";
    private static final Set<String> ALL = Set.of("tomcat", "jetty", "undertow");
    private static final Set<String> BOOT = Set.of("boot");
    private static final Set<String> MICRONAUT = Set.of("micronaut");

    /** Every contender there is. A later benchmark adds its own here. */
    private static final List<Contender> KNOWN =
            List.of(
                    new Contender("gevent", Runner.GEVENT, ALL, Map.of()),
                    new Contender("gevent-noretake", Runner.GEVENT, ALL, Map.of("retake", "off")),
                    new Contender(
                            "gevent-nogate", Runner.GEVENT, ALL, Map.of(HostSetup.GATE, "off")),
                    new Contender("threads", Runner.THREADS, ALL, Map.of()),
                    new Contender("virtual", Runner.VIRTUAL, ALL, Map.of()),
                    new Contender("pool", Runner.POOL, ALL, Map.of()),
                    new Contender("own-virtual", Runner.OWN_VIRTUAL, ALL, Map.of()),
                    new Contender(
                            "own-virtual-default",
                            Runner.OWN_VIRTUAL_DEFAULT,
                            Set.of("undertow"),
                            Map.of()),
                    new Contender(
                            "own-virtual-pool", Runner.OWN_VIRTUAL_POOL, Set.of("jetty"), Map.of()),
                    new Contender("helidon", Runner.OWN_VIRTUAL, Set.of("helidon"), Map.of()),
                    new Contender("boot-gevent", Runner.GEVENT, BOOT, Map.of()),
                    new Contender("boot-virtual", Runner.OWN_VIRTUAL, BOOT, Map.of()),
                    new Contender("boot-pool", Runner.POOL, BOOT, Map.of()),
                    new Contender("micronaut", Runner.OWN_VIRTUAL, MICRONAUT, Map.of()),
                    new Contender("micronaut-loops", Runner.OWN_VIRTUAL_LOOPS, MICRONAUT, Map.of()),
                    new Contender("vertx", Runner.EVENT_LOOPS, Set.of("vertx"), Map.of()));

    /** Returns the servers it takes part with that are no servlet container of a user's choice. */
    Set<String> ownServers() {
        Set<String> own = new TreeSet<>(containers);
        own.removeAll(ALL);
        return own;
    }

    /** Returns the names of all contenders. */
    static String names() {
        return KNOWN.stream().map(Contender::name).collect(Collectors.joining(", "));
    }

    /**
     * Reads a contender as users write it: a name, and settings of its own after colons, such as
     * {@code gevent:hubs=1:retake=off}.
     *
     * @throws InvalidSettingException if there is none of that name, or a setting is not one
     */
    static Contender parse(String text) {
        String[] parts = text.split(":", -1);
        Contender base =
                KNOWN.stream()
                        .filter(known -> known.name().equals(parts[0]))
                        .findAny()
                        .orElseThrow(() -> invalid(parts[0], "one of " + names()));
        Map<String, String> settings = new LinkedHashMap<>(base.settings());
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals < 1) {
                throw invalid(parts[i], "NAME=VALUE, such as retake=off");
            }
            settings.put(parts[i].substring(0, equals), parts[i].substring(equals + 1));
        }
        Contender contender = new Contender(text, base.runner(), base.containers(), settings);
        if (!contender.isTreadle() && !contender.workerSettings().isEmpty()) {
            throw invalid(text, "settings other than n only with gevent, threads or virtual");
        }
        return contender;
    }

    private static InvalidSettingException invalid(String value, String expected) {
        return new InvalidSettingException("--contenders", value, expected);
    }

    /** Returns the N that was written for it, or null. */
    @Nullable String writtenN() {
        return settings.get(N);
    }

    /**
     * Returns N for a load with at most so many requests at once: pools keep their size, what is
     * cheap has room for all.
     */
    int n(int atOnce) {
        return switch (runner) {
            case THREADS, POOL -> POOL;
            case GEVENT,
                    VIRTUAL,
                    OWN_VIRTUAL,
                    OWN_VIRTUAL_DEFAULT,
                    OWN_VIRTUAL_LOOPS,
                    EVENT_LOOPS ->
                    Math.max(GREENLETS, atOnce);
            case OWN_VIRTUAL_POOL -> Math.max(GREENLETS, atOnce) + LOOPS;
        };
    }

    /** Returns its settings of Treadle, without N. */
    Map<String, String> workerSettings() {
        Map<String, String> rest = new LinkedHashMap<>(settings);
        rest.remove(N);
        return rest;
    }

    /** Whether it is of Treadle; also in a variant such as {@code gevent:hubs=1}. */
    boolean isTreadle() {
        return runner.isTreadle();
    }
}
