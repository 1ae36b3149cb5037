package dev.treadle.bench.command;

import dev.treadle.bench.suite.BadHourBenchmark;
import dev.treadle.bench.suite.Benchmark;
import dev.treadle.bench.suite.OverloadCourse;
import dev.treadle.bench.suite.SaturationBenchmark;
import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;

/** {@code bench/run overload}. */
@Command(
        name = "overload",
        sortOptions = false,
        defaultValueProvider = OverloadCommand.OneRound.class,
        header = "The service users get when a third party becomes slow, or too many come.")
final class OverloadCommand implements Callable<Integer> {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);

    @Mixin private final CommonOptions common = new CommonOptions();

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            defaultValue = "bad-hour",
            description = {
                "bad-hour: a third party becomes slow for a while.",
                "saturate: more users come for a while than can be served.",
                "Default: ${DEFAULT-VALUE}."
            })
    private String profile = "bad-hour";

    @Option(
            names = "--before",
            paramLabel = "D",
            defaultValue = "10s",
            description = "How long all is well at first. Default: ${DEFAULT-VALUE}.")
    private String before = "10s";

    @Option(
            names = "--slow-for",
            paramLabel = "D",
            defaultValue = "30s",
            description =
                    "How long the third party is slow, or too many come. Default: ${DEFAULT-VALUE}.")
    private String slowFor = "30s";

    @Option(
            names = "--after",
            paramLabel = "D",
            defaultValue = "20s",
            description = "How long it is looked at after that. Default: ${DEFAULT-VALUE}.")
    private String after = "20s";

    @Option(
            names = "--patience",
            paramLabel = "D",
            defaultValue = "5s",
            description =
                    "How long a user waits before closing the connection and asking anew. Default: ${DEFAULT-VALUE}.")
    private String patience = "5s";

    @Option(
            names = "--reloads",
            paramLabel = "N",
            defaultValue = "3",
            description = "How often a user asks anew before giving up. Default: ${DEFAULT-VALUE}.")
    private String reloads = "3";

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "300",
            description = "bad-hour: users who come a second. Default: ${DEFAULT-VALUE}.")
    private String rate = "300";

    @Option(
            names = "--normal",
            paramLabel = "D",
            defaultValue = "0.5s",
            description =
                    "bad-hour: what the third party takes as a rule. Default: ${DEFAULT-VALUE}.")
    private String normal = "0.5s";

    @Option(
            names = "--slow",
            paramLabel = "D",
            defaultValue = "3s",
            description =
                    "bad-hour: what the third party takes while it is slow. Default: ${DEFAULT-VALUE}.")
    private String slow = "3s";

    @Option(
            names = "--n",
            paramLabel = "N",
            defaultValue = "100",
            description =
                    "saturate: requests at a time, of contenders without an n of their own. Default: ${DEFAULT-VALUE}.")
    private String n = "100";

    @Option(
            names = "--times",
            paramLabel = "N",
            defaultValue = "3",
            description =
                    "saturate: how many times as many users come as can be served. Default: ${DEFAULT-VALUE}.")
    private String times = "3";

    @Option(
            names = "--sleep",
            paramLabel = "D",
            defaultValue = "1s",
            description = "saturate: how long a request takes. Default: ${DEFAULT-VALUE}.")
    private String sleep = "1s";

    @Option(
            names = "--queue",
            paramLabel = "N",
            description =
                    "saturate: how many requests may wait in Treadle's line. Default: as many as --n.")
    private @Nullable String queue;

    @Option(
            names = "--queue-timeout",
            paramLabel = "D",
            defaultValue = "1s",
            description = "saturate: how long one may wait there. Default: ${DEFAULT-VALUE}.")
    private String queueTimeout = "1s";

    private Benchmark benchmark() {
        OverloadCourse course =
                new OverloadCourse(
                        Texts.seconds("--before", before, SECOND, HOUR),
                        Texts.seconds("--slow-for", slowFor, SECOND, HOUR),
                        Texts.seconds("--after", after, SECOND, HOUR),
                        Texts.duration(
                                "--patience", patience, Duration.ofMillis(10), Duration.ofHours(1)),
                        Texts.count("--reloads", reloads, 0, 100));
        return switch (profile) {
            case "bad-hour" -> badHour(course);
            case "saturate" -> saturation(course);
            default ->
                    throw new InvalidSettingException("--profile", profile, "bad-hour or saturate");
        };
    }

    private Benchmark badHour(OverloadCourse course) {
        Duration most = Duration.ofMinutes(10);
        return new BadHourBenchmark(
                course,
                Texts.count("--rate", rate, 1, 10_000),
                Texts.duration("--normal", normal, Duration.ofMillis(1), most),
                Texts.duration("--slow", slow, Duration.ofMillis(1), most));
    }

    private Benchmark saturation(OverloadCourse course) {
        int atOnce = Texts.count("--n", n, 1, 10_000);
        return new SaturationBenchmark(
                course,
                atOnce,
                Texts.count("--times", times, 1, 100),
                Texts.duration("--sleep", sleep, Duration.ofMillis(1), Duration.ofMinutes(1)),
                queue == null ? atOnce : Texts.count("--queue", queue, 0, 1_000_000),
                Texts.duration("--queue-timeout", queueTimeout, Duration.ofMillis(1), HOUR));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        return common.run(benchmark());
    }

    /** One round lasts a minute and more for each contender; the other benchmarks have five. */
    static final class OneRound implements IDefaultValueProvider {
        @Override
        public @Nullable String defaultValue(ArgSpec argument) {
            return argument instanceof OptionSpec option && option.longestName().equals("--rounds")
                    ? "1"
                    : null;
        }
    }
}
