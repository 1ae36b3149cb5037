package dev.treadle.internal.gate;

import dev.treadle.internal.base.PathPattern;
import dev.treadle.settings.LimitSettings;
import dev.treadle.settings.WorkerSettings;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds path patterns of the settings that no request can match, on any container: those that are
 * not written as the gate sees paths, and limits that come after a limit which takes all their
 * requests.
 */
public final class DeadPatterns {
    private static final String HOW_TO_WRITE =
            "the gate compares the path of a request decoded, and without . and .. and empty"
                    + " segments; write it so";

    private DeadPatterns() {}

    /** Returns a warning for each of them: name, value, expected, what to do. */
    public static List<String> warnings(WorkerSettings settings) {
        List<String> warnings = new ArrayList<>();
        settings.priorityPaths()
                .forEach(path -> unplain("priority-path", PathPattern.parse(path), warnings));
        String ready = settings.readyPath();
        if (ready != null) {
            unplain("ready-path", PathPattern.exact(ready), warnings);
        }
        List<PathPattern> earlier = new ArrayList<>();
        for (LimitSettings limit : settings.limits()) {
            if (limit.isPath()) {
                PathPattern pattern = PathPattern.parse(limit.name());
                unplain("limit", pattern, warnings);
                firstThatCovers(pattern, earlier)
                        .ifPresent(first -> warnings.add(behind(pattern, first)));
                earlier.add(pattern);
            }
        }
        return warnings;
    }

    private static void unplain(String setting, PathPattern pattern, List<String> warnings) {
        if (!pattern.isPlain()) {
            warnings.add(
                    setting
                            + ": "
                            + pattern
                            + " (expected: a path that a request can have): it matches no request: "
                            + HOW_TO_WRITE);
        }
    }

    private static Optional<PathPattern> firstThatCovers(
            PathPattern pattern, List<PathPattern> earlier) {
        return earlier.stream().filter(first -> first.covers(pattern)).findFirst();
    }

    private static String behind(PathPattern pattern, PathPattern first) {
        return "limit: "
                + pattern
                + " (expected: in front of "
                + first
                + "): it matches no request, because the first pattern that fits counts; move it"
                + " to the front, or leave it out";
    }
}
