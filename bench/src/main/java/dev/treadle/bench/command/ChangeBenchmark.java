package dev.treadle.bench.command;

import dev.treadle.bench.process.ServerProcess;
import dev.treadle.bench.report.Metric;
import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The cost of a change: a server of this build, and one of an older build or without a recording of
 * the JDK's flight recorder.
 */
@Command(
        name = "change",
        sortOptions = false,
        header =
                "Cost of a change: a server of this build and one of an older build, or with and"
                        + " without JFR. Needs wrk.")
@SuppressWarnings("NullAway.Init") // picocli fills in options
final class ChangeBenchmark extends PairBenchmark {
    private static final Metric NOW = Metric.shown("now_us", "CPU us/req", 2);
    private static final Metric BEFORE = Metric.shown("before_us", "before", 2);

    /** Without the line that it prints at its start: the server's first word is to be READY. */
    private static final List<String> RECORDING =
            List.of("-XX:StartFlightRecording", "-Xlog:jfr+startup=error");

    private static final Path JAR = Path.of("bench/target/bench/treadle-bench.jar");

    @Option(
            names = "--before",
            paramLabel = "DIR",
            description =
                    "Another checkout of this repository, where bench/run has built the benchmarks."
                            + " Default: this one.")
    private @Nullable Path before;

    @Option(
            names = "--jfr",
            description =
                    "The server of this build records with JFR, with the JDK's default settings.")
    private boolean jfr;

    @Option(
            names = "--upstream",
            paramLabel = "D",
            description =
                    "The handler asks a third party over a socket, which answers after this time."
                            + " Default: a handler that answers at once.")
    @Range(min = "1ms", max = "10s")
    private @Nullable Duration upstream;

    @Override
    Handler handler() throws IOException {
        return upstream == null ? Handler.fast() : Handler.upstream(upstream);
    }

    @Override
    void requirePossible() throws IOException {
        if (before == null && !jfr) {
            throw new InvalidSettingException(
                    "--before", "none", "a directory, or --jfr: else both servers would be equal");
        }
        if (before != null && !Files.isRegularFile(before.resolve(JAR))) {
            throw new InvalidSettingException(
                    "--before",
                    before.toString(),
                    "a checkout with " + JAR + ", which `bench/run fast --help` makes there");
        }
        super.requirePossible();
    }

    @Override
    String title() {
        String handler =
                upstream == null
                        ? "a handler that answers 13 bytes at once, "
                        : "a handler that asks a third party over a socket, which answers after "
                                + upstream.toMillis()
                                + " ms, ";
        return handler
                + (before == null ? "this build" : "this build and the one in " + before)
                + (jfr ? "; this one's server records with JFR" : "");
    }

    @Override
    Metric firstCost() {
        return NOW;
    }

    @Override
    Metric secondCost() {
        return BEFORE;
    }

    /** All have one: for a contender that is not Treadle, the ratio shows the noise. */
    @Override
    String reasonAgainst(Contender contender) {
        return "";
    }

    @Override
    ServerProcess first(Entry entry, Workshop workshop) throws IOException, InterruptedException {
        return workshop.server(entry, null, jfr ? RECORDING : List.of());
    }

    @Override
    ServerProcess second(Entry entry, Workshop workshop) throws IOException, InterruptedException {
        return workshop.server(entry, before == null ? null : before.resolve(JAR), List.of());
    }
}
