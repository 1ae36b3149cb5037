package dev.treadle.launcher;

import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The options about what a server logs. Their values stay text until they are asked for. */
public final class LogOptions {
    private static final String OFF = "off";
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|)");

    @Option(
            names = "--access-log",
            order = 60,
            paramLabel = "FILE|-",
            description =
                    "Write a line for each request: the combined format, time in the queue, time of the"
                            + " run, hub and slices. -: standard output. SIGHUP opens the file anew.")
    private @Nullable String accessLog;

    @Option(
            names = "--log-slow",
            order = 61,
            paramLabel = "D|off",
            defaultValue = OFF,
            description = "Log each request that takes longer. Default: ${DEFAULT-VALUE}.")
    private String logSlow = OFF;

    @Option(
            names = "--log-format",
            order = 62,
            paramLabel = "text|json",
            defaultValue = "text",
            description =
                    "The format of the log and the access log; json: one object a line. Default:"
                            + " ${DEFAULT-VALUE}.")
    private String logFormat = "text";

    /** For picocli. */
    public LogOptions() {}

    /**
     * @throws InvalidSettingException if there is no such format
     */
    LogFormat format() {
        return LogFormat.of(logFormat);
    }

    /**
     * Checks the values.
     *
     * @throws InvalidSettingException if one cannot be taken
     */
    void check() {
        format();
        slow();
        if (accessLog != null) {
            LogFile.check("--access-log", accessLog);
        }
    }

    /** Whether a file is open that SIGHUP opens anew. */
    boolean hasFile() {
        return accessLog != null && !accessLog.equals("-");
    }

    /**
     * Opens the log of requests.
     *
     * @return null: nobody has asked for one
     * @throws InvalidSettingException if a value cannot be taken, or the file cannot be opened
     */
    @Nullable RequestLog open() {
        Duration slow = slow();
        if (accessLog == null) {
            return slow == null
                    ? null
                    : RequestLog.start(null, format(), SlowRequests.longerThan(slow));
        }
        return RequestLog.start(
                LogFile.open("--access-log", accessLog), format(), SlowRequests.longerThan(slow));
    }

    private @Nullable Duration slow() {
        if (logSlow.equals(OFF)) {
            return null;
        }
        Matcher matcher = DURATION.matcher(logSlow);
        if (!matcher.matches()) {
            throw new InvalidSettingException(
                    "--log-slow",
                    logSlow,
                    "a duration such as 500ms, 10s or 2m; a bare number is seconds; or off");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofSeconds(amount);
        };
    }
}
