package dev.treadle.launcher.stats;

import com.fasterxml.jackson.jr.ob.JSON;

import dev.treadle.Workers;
import dev.treadle.settings.InvalidSettingException;
import dev.treadle.stats.Report;
import dev.treadle.stats.RequestReport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;

/** The answers of the stats server to requests that are allowed. Safe for any thread. */
final class StatsPages implements AutoCloseable {
    private static final int LISTS = 4;
    private static final Set<String> READS = Set.of("GET", "HEAD");
    private static final String PATHS =
            """
            /                     numbers, JSON
            /metrics              the same for Prometheus
            /-/                   the same as a page
            /-/history            some of them, of the last ten minutes, JSON
            /-/requests           requests inside and in the queue, text
              ?group=stack        groups of equal stacks
              ?format=json        either of them as JSON
              ?format=dump, dump-json   their threads in the formats of jcmd Thread.dump_to_file
            /-/reports            what held a hub or a place, text; ?format=json
            /-/uwsgi              the numbers as uWSGI names them, JSON
            /-/ready              200 while requests are to be sent here, else 503
            POST /-/switch?gevent=1000           another model or N
            POST /-/set?queue-timeout=5s         other settings
            POST /-/drain, POST /-/resume        take no requests, take them again
            """;

    private final Workers workers;
    private final boolean control;
    private final StatsChanges changes;
    private final StatsHistory history;
    private final SharedReport report;

    /** A list takes the stack of each request: as many at a time as leave threads for probes. */
    private final Semaphore lists = new Semaphore(LISTS);

    private final StatsPageFiles files = new StatsPageFiles();

    /**
     * @param control whether changes are allowed: the page offers them then
     */
    StatsPages(Workers workers, boolean control) {
        this.workers = workers;
        this.control = control;
        this.changes = new StatsChanges(workers);
        this.history = new StatsHistory(workers);
        this.report = new SharedReport(workers::requestReport);
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
            case "/metrics" ->
                    ProbeAnswer.ok(PrometheusText.TYPE, PrometheusText.of(workers.stats()));
            case "/-/history" -> ProbeAnswer.okJson(json(history()));
            case "/-/reports" -> reports(request.query().getOrDefault("format", "text"));
            case "/-/requests" -> requests(request.query());
            case "/-/uwsgi" -> ProbeAnswer.okJson(json(UwsgiView.of(workers.stats())));
            case StatsAccess.READY ->
                    workers.stats().ready()
                            ? ProbeAnswer.okText("ready\n")
                            : ProbeAnswer.text("503 Service Unavailable", "shutting down\n");
            default -> other(request.path());
        };
    }

    private ProbeAnswer other(String path) {
        if (files.has(path)) {
            return files.answer(path);
        }
        return StatsChanges.PATHS.contains(path)
                ? notAllowed("POST")
                : ProbeAnswer.text("404 Not Found", PATHS);
    }

    private Map<String, Object> history() {
        Map<String, Object> map = history.toMap();
        map.put("control", control);
        return map;
    }

    private ProbeAnswer requests(Map<String, String> query) {
        String format = query.getOrDefault("format", "text");
        boolean grouped = query.containsKey("group");
        if (grouped && !"stack".equals(query.get("group"))) {
            return ProbeAnswer.text("400 Bad Request", "group: (expected: stack, or none)\n");
        }
        if (!lists.tryAcquire()) {
            return ProbeAnswer.text("503 Service Unavailable", "a list is being made; ask again\n")
                    .with("Retry-After: 1");
        }
        try {
            return requests(format, grouped);
        } finally {
            lists.release();
        }
    }

    private ProbeAnswer requests(String format, boolean grouped) {
        return switch (format) {
            case "text" -> {
                RequestReport present = report.get();
                yield ProbeAnswer.okText(grouped ? present.groupsToText() : present.toText());
            }
            case "json" -> {
                RequestReport present = report.get();
                yield ProbeAnswer.okJson(json(grouped ? present.groupsToMap() : present.toMap()));
            }
            case "dump" -> ProbeAnswer.okText(report.get().threadDumpToText());
            case "dump-json" -> ProbeAnswer.okJson(json(report.get().threadDumpToMap()));
            default ->
                    ProbeAnswer.text(
                            "400 Bad Request",
                            "format: (expected: text, json, dump or dump-json)\n");
        };
    }

    private ProbeAnswer reports(String format) {
        List<Report> reports = workers.recentReports();
        return switch (format) {
            case "text" ->
                    ProbeAnswer.okText(
                            reports.isEmpty()
                                    ? "no reports\n"
                                    : reports.stream()
                                            .map(report -> report + "\n")
                                            .collect(Collectors.joining()));
            case "json" ->
                    ProbeAnswer.okJson(
                            json(Map.of("reports", reports.stream().map(Report::toMap).toList())));
            default -> ProbeAnswer.text("400 Bad Request", "format: (expected: text or json)\n");
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
        state.put("jvm", JvmFacts.map());
        return state;
    }

    static String json(Map<String, Object> map) {
        try {
            return JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES).asString(map) + "\n";
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // it writes to a string
        }
    }

    @Override
    public void close() {
        changes.close();
        history.close();
    }
}
