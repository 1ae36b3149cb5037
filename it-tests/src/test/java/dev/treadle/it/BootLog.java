package dev.treadle.it;

import java.util.List;
import java.util.regex.Pattern;

/** The lines of Treadle's own loggers in the log of a Boot application. */
final class BootLog {
    private static final Pattern OURS =
            Pattern.compile("^\\S+ +(?:WARN|ERROR) .*\\] dev\\.treadle\\.(?!it\\.)\\S+ +: .*");

    private BootLog() {}

    /** Returns each record of ours that is a warning or worse. */
    static List<String> warningsOfOurs(String log) {
        return log.lines().filter(line -> OURS.matcher(line).matches()).toList();
    }
}
