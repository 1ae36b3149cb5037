package dev.treadle.launcher.stats;

import com.fasterxml.jackson.jr.ob.JSON;

import dev.treadle.Workers;
import dev.treadle.settings.InvalidSettingException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What the stats server answers to a request that is allowed. Safe for any thread. */
final class StatsPages implements AutoCloseable {
    private static final Set<String> READS = Set.of("GET", "HEAD");
    private static final String PATHS =
            """
            /                     numbers, JSON
            /-/ready              200 while requests are to be sent here, else 503
            POST /-/switch?gevent=1000           another model or N
            POST /-/set?queue-timeout=5s         other settings
            POST /-/drain, POST /-/resume        take no requests, take them again
            """;

    private final Workers workers;
    private final StatsChanges changes;

    StatsPages(Workers workers) {
        this.workers = workers;
        this.changes = new StatsChanges(workers);
    }

    ProbeAnswer answer(ProbeRequest request) {
        if (request.isChange()) {
            return changed(request);
        }
        if (!READS.contains(request.method())) {
            return notAllowed("GET, HEAD, POST");
        }
        return switch (request.path()) {
            case "/" -> ProbeAnswer.okJson(json(state()));
            case StatsAccess.READY ->
                    workers.stats().ready()
                            ? ProbeAnswer.okText("ready\n")
                            : ProbeAnswer.text("503 Service Unavailable", "shutting down\n");
            default ->
                    StatsChanges.PATHS.contains(request.path())
                            ? notAllowed("POST")
                            : ProbeAnswer.text("404 Not Found", PATHS);
        };
    }

    private ProbeAnswer changed(ProbeRequest request) {
        if (!StatsChanges.PATHS.contains(request.path())) {
            return notAllowed("GET, HEAD");
        }
        try {
            return ProbeAnswer.okText(
                    changes.apply(request.path(), new TreeMap<>(request.query())));
        } catch (InvalidSettingException mistake) {
            return ProbeAnswer.text("400 Bad Request", mistake.getMessage() + "\n");
        } catch (IllegalStateException notNow) {
            return ProbeAnswer.text("409 Conflict", notNow.getMessage() + "\n");
        }
    }

    private static ProbeAnswer notAllowed(String methods) {
        return ProbeAnswer.plain("405 Method Not Allowed").with("Allow: " + methods);
    }

    private Map<String, Object> state() {
        Map<String, Object> state = new LinkedHashMap<>();
        workers.container().ifPresent(container -> state.put("container", container));
        state.putAll(workers.stats().toMap());
        return state;
    }

    static String json(Map<String, Object> map) {
        try {
            return JSON.std.asString(map) + "\n";
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // it writes to a string
        }
    }

    @Override
    public void close() {
        changes.close();
    }
}
