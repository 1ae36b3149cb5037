package dev.treadle.it;

import io.restassured.path.json.JsonPath;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The dashboard of the examples, for Grafana. */
final class Dashboard {
    private static final Pattern METER = Pattern.compile("treadle_\\w+");

    private Dashboard() {}

    /** Returns the names of the meters that its panels ask for. */
    static SortedSet<String> meters() {
        Path file = Places.root().resolve("examples/grafana/treadle.json");
        List<List<String>> panels = JsonPath.from(file.toFile()).getList("panels.targets.expr");
        SortedSet<String> meters = new TreeSet<>();
        for (List<String> expressions : panels) {
            for (String expression : expressions) {
                Matcher matcher = METER.matcher(expression);
                while (matcher.find()) {
                    meters.add(matcher.group());
                }
            }
        }
        return meters;
    }

    /** Returns the names in the text format of Prometheus. */
    static SortedSet<String> metersOf(String text) {
        SortedSet<String> meters = new TreeSet<>();
        Matcher matcher = Pattern.compile("(?m)^(treadle_\\w+)[ {]").matcher(text);
        while (matcher.find()) {
            meters.add(matcher.group(1));
        }
        return meters;
    }
}
