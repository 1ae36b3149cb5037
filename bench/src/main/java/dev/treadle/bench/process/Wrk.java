package dev.treadle.bench.process;

import dev.treadle.settings.InvalidSettingException;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The load generator wrk, an ordinary program of the system. */
public final class Wrk {
    private static final Pattern DONE = Pattern.compile("(\\d+) requests in ([\\d.]+)(us|ms|s|m)");
    private static final Pattern PERCENTILE =
            Pattern.compile("(?m)^\\s+(50|99)%\\s+([\\d.]+)(us|ms|s|m)");
    private static final Pattern SOCKET_ERRORS =
            Pattern.compile("connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");
    private static final Pattern BAD_STATUS = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

    private final int threads;

    /**
     * The report of wrk on one load.
     *
     * @param requests how many were answered
     * @param seconds in what time
     * @param p50Millis half of the answers came faster
     * @param p99Millis 99 of 100 answers came faster
     * @param broken errors of sockets, and time-outs
     * @param bad answers other than 2xx and 3xx, which are among the requests
     */
    public record Result(
            long requests,
            double seconds,
            double p50Millis,
            double p99Millis,
            long broken,
            long bad) {
        /** Returns how many requests have failed in any way. */
        public long failed() {
            return broken + bad;
        }

        /** Returns how many requests were answered as they should be. */
        public long ok() {
            return requests - bad;
        }
    }

    /**
     * @param threads of wrk
     */
    public Wrk(int threads) {
        this.threads = threads;
    }

    /** Returns the name of a case with so many connections. */
    public static String variant(int connections) {
        return connections + " connections";
    }

    /**
     * Finds out whether wrk is on the path.
     *
     * @throws InvalidSettingException if it is not
     */
    public static void requireInstalled() {
        requireInstalled(String.valueOf(System.getenv("PATH")));
    }

    static void requireInstalled(String path) {
        for (String directory : path.split(File.pathSeparator)) {
            if (Files.isExecutable(Path.of(directory, "wrk"))) {
                return;
            }
        }
        throw new InvalidSettingException(
                "wrk", "not found", "on the PATH; install it, the package is named wrk");
    }

    /** Loads {@code url} for {@code duration} over so many connections. */
    public Result run(String url, int connections, Duration duration)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("wrk", "--latency", "--timeout", "30s"));
        command.addAll(
                List.of(
                        "-t" + Math.min(threads, connections),
                        "-c" + connections,
                        "-d" + Math.max(1, duration.toSeconds()) + "s",
                        url));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new ProcessFailedException("wrk failed, it said: " + output.strip());
        }
        return parse(output);
    }

    static Result parse(String output) throws ProcessFailedException {
        Matcher done = DONE.matcher(output);
        if (!done.find()) {
            throw new ProcessFailedException("wrk said what cannot be read: " + output.strip());
        }
        double p50 = Double.NaN;
        double p99 = Double.NaN;
        Matcher percentile = PERCENTILE.matcher(output);
        while (percentile.find()) {
            double millis = seconds(percentile.group(2), percentile.group(3)) * 1e3;
            if (percentile.group(1).equals("50")) {
                p50 = millis;
            } else {
                p99 = millis;
            }
        }
        return new Result(
                Long.parseLong(done.group(1)),
                seconds(done.group(2), done.group(3)),
                p50,
                p99,
                sum(SOCKET_ERRORS.matcher(output)),
                sum(BAD_STATUS.matcher(output)));
    }

    private static double seconds(String number, String unit) {
        double value = Double.parseDouble(number);
        return switch (unit) {
            case "us" -> value / 1e6;
            case "ms" -> value / 1e3;
            case "m" -> value * 60;
            default -> value;
        };
    }

    private static long sum(Matcher matcher) {
        long sum = 0;
        if (matcher.find()) {
            for (int i = 1; i <= matcher.groupCount(); i++) {
                sum += Long.parseLong(matcher.group(i));
            }
        }
        return sum;
    }
}
