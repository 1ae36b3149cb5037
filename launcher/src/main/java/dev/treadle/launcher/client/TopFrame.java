package dev.treadle.launcher.client;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The answers of a server as the lines of text that {@code treadle top} shows. */
final class TopFrame {
    /** Wide enough for most paths, where no terminal sets a width. */
    static final int WIDEST = 200;

    private static final double NANOS_PER_SECOND = 1e9;
    private static final int PERCENT = 100;

    /** In which order requests are listed. */
    enum Sort {
        /** The oldest first. */
        AGE,
        /** By path. */
        PATH,
        /** By state, the oldest first. */
        STATE;

        Sort next() {
            return switch (this) {
                case AGE -> PATH;
                case PATH -> STATE;
                case STATE -> AGE;
            };
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        private Comparator<Map<String, Object>> order() {
            Comparator<Map<String, Object>> byAge =
                    Comparator.comparingLong(
                            (Map<String, Object> each) -> -Values.number(each, "ageMillis"));
            return switch (this) {
                case AGE -> byAge;
                case PATH ->
                        Comparator.comparing(
                                        (Map<String, Object> each) -> Values.text(each, "path"))
                                .thenComparing(byAge);
                case STATE ->
                        Comparator.comparing(
                                        (Map<String, Object> each) -> Values.text(each, "state"))
                                .thenComparing(byAge);
            };
        }
    }

    private final String address;

    TopFrame(String address) {
        this.address = address;
    }

    /**
     * Returns the lines above the list.
     *
     * @param before the numbers of the last frame; null if there were none
     * @param between the time since then
     */
    List<String> head(
            Map<String, Object> now, @Nullable Map<String, Object> before, Duration between) {
        Map<?, ?> gate = Values.object(now, "gate");
        Map<?, ?> queue = Values.object(gate, "queue");
        Map<?, ?> hubs = Values.object(now, "hubs");
        Map<?, ?> gateBefore = before == null ? Map.of() : Values.object(before, "gate");
        List<String> lines = new ArrayList<>();
        lines.add(
                "treadle "
                        + address
                        + "  "
                        + Values.text(now, "container")
                        + "  "
                        + Values.text(now, "model")
                        + " "
                        + Values.number(gate, "limit")
                        + (Values.number(hubs, "count") > 0
                                ? " on " + Values.number(hubs, "count") + " hubs"
                                : "")
                        + "  "
                        + readiness(now, gate));
        lines.add(
                "requests  inside "
                        + Values.number(gate, "active")
                        + " of "
                        + Values.number(gate, "limit")
                        + "  queued "
                        + Values.number(queue, "waiting")
                        + "  streams "
                        + Values.number(gate, "streams")
                        + "  oldest "
                        + Values.duration(Values.number(gate, "longestRunningMillis"))
                        + "  stuck "
                        + Values.number(gate, "stuck"));
        lines.add(
                "done      "
                        + rate(gate, gateBefore, before != null, "completed", between)
                        + "  refused "
                        + rate(
                                Values.object(gate, "refused"),
                                Values.object(gateBefore, "refused"),
                                before != null,
                                "total",
                                between)
                        + "  harakiri "
                        + Values.number(gate, "harakiris"));
        lines.add(
                "queue     first waits "
                        + Values.duration(Values.number(queue, "longestWaitingMillis"))
                        + "  last minutes: p50 "
                        + Values.duration(Values.number(queue, "medianMillis"))
                        + "  p99 "
                        + Values.duration(Values.number(queue, "p99Millis"))
                        + "  max "
                        + Values.duration(Values.number(queue, "maxMillis")));
        Map<?, ?> run = Values.object(gate, "run");
        lines.add(
                "run       last minutes: p50 "
                        + Values.duration(Values.number(run, "medianMillis"))
                        + "  p99 "
                        + Values.duration(Values.number(run, "p99Millis"))
                        + "  max "
                        + Values.duration(Values.number(run, "maxMillis")));
        if (Values.number(hubs, "count") > 0) {
            lines.add(
                    "hubs      lag "
                            + Values.duration(Values.number(hubs, "lagMillis"))
                            + "  longest slice "
                            + Values.duration(Values.number(hubs, "longestSliceMillis"))
                            + "  long slices "
                            + Values.number(hubs, "longSlices")
                            + "  retakes "
                            + Values.number(hubs, "retakes"));
            lines.add("each hub  " + loads(Values.list(hubs, "each")));
        }
        return lines;
    }

    /** Such as {@code 0: busy 12 %, queued 3 1: busy 7 %, queued 0}. */
    private static String loads(List<Map<String, Object>> hubs) {
        return hubs.stream()
                .map(hub ->
                        Values.number(hub, "index")
                                + ": busy "
                                + Math.round(Values.decimal(hub, "busyShare") * PERCENT)
                                + " %, queued "
                                + Values.number(hub, "queued"))
                .collect(Collectors.joining("   "));
    }

    private static String readiness(Map<String, Object> now, Map<?, ?> gate) {
        if (Values.flag(gate, "draining")) {
            return "draining";
        }
        return Values.flag(now, "ready") ? "ready" : "stopping";
    }

    private static String rate(
            Map<?, ?> now, Map<?, ?> before, boolean known, String name, Duration between) {
        long total = Values.number(now, name);
        if (!known || between.isZero()) {
            return String.valueOf(total);
        }
        double each = (total - Values.number(before, name)) * NANOS_PER_SECOND / between.toNanos();
        return String.format(Locale.ROOT, "%,d (%.0f/s)", total, Math.max(0, each));
    }

    /** Returns the requests, one a line. */
    TextTable requests(Map<String, Object> answer, Sort sort) {
        TextTable table =
                new TextTable(
                        TextTable.Column.number("AGE"),
                        TextTable.Column.word("STATE"),
                        TextTable.Column.number("HUB"),
                        TextTable.Column.number("SLICES"),
                        TextTable.Column.number("CPU"),
                        TextTable.Column.word("CLIENT"),
                        TextTable.Column.text("REQUEST"),
                        TextTable.Column.text("APPLICATION"));
        List<Map<String, Object>> requests = new ArrayList<>(Values.list(answer, "requests"));
        requests.sort(sort.order());
        for (Map<String, Object> each : requests) {
            table.add(
                    Values.duration(Values.number(each, "ageMillis")),
                    Values.text(each, "state"),
                    orDash(each, "hub"),
                    orDash(each, "slices"),
                    cpu(each),
                    Values.text(each, "client"),
                    Values.text(each, "method") + " " + Values.text(each, "path"),
                    Values.shortFrame(Values.text(each, "frame")));
        }
        return table;
    }

    private static String orDash(Map<String, Object> request, String name) {
        long value = request.get(name) == null ? -1 : Values.number(request, name);
        return value < 0 ? "-" : String.valueOf(value);
    }

    private static String cpu(Map<String, Object> request) {
        double millis =
                request.get("cpuMillis") == null ? -1 : Values.decimal(request, "cpuMillis");
        return millis < 0 ? "-" : String.format(Locale.ROOT, "%.1f ms", millis);
    }

    /** Returns the groups of equal stacks, one a line. */
    TextTable groups(Map<String, Object> answer) {
        TextTable table =
                new TextTable(
                        TextTable.Column.number("COUNT"),
                        TextTable.Column.word("STATE"),
                        TextTable.Column.number("OLDEST"),
                        TextTable.Column.text("WAITS IN"),
                        TextTable.Column.text("APPLICATION"),
                        TextTable.Column.text("REQUESTS"));
        for (Map<String, Object> each : Values.list(answer, "groups")) {
            table.add(
                    String.valueOf(Values.number(each, "count")),
                    Values.text(each, "state"),
                    Values.duration(Values.number(each, "oldestMillis")),
                    Values.shortFrame(Values.text(each, "waitsIn")),
                    Values.shortFrame(Values.text(each, "frame")),
                    String.join(", ", Values.texts(each, "requests")));
        }
        // an older server does not say it
        if (answer.get("stacksMissing") instanceof Number missing && missing.intValue() > 0) {
            table.add("", "", "", missing + " without their stack", "", "");
        }
        return table;
    }
}
