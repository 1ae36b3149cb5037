package dev.treadle.bench.command;

import static java.util.Objects.requireNonNull;

import dev.treadle.Treadle;
import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

import java.time.Duration;

/** The command of {@code bench/run}. A later benchmark is one more subcommand. */
@Command(
        name = "bench/run",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        synopsisSubcommandLabel = "BENCHMARK",
        header = "Measures Treadle against the containers' own pools and against peers.",
        versionProvider = Main.Version.class,
        footer =
                "%nblocking, freeze and sockets, which probe hubs, have a help of their own."
                        + "%nbench/README.md tells what each one measures and how to read it.",
        subcommands = {
            FastBenchmark.class,
            GateBenchmark.class,
            ChangeBenchmark.class,
            SleepBenchmark.class,
            UpstreamBenchmark.class,
            HogBenchmark.class,
            BalanceBenchmark.class,
            OverloadBenchmark.class,
            PeersBenchmark.class,
            LookBenchmark.class,
            MemoryBenchmark.class,
            IdleBenchmark.class,
            BootBenchmark.class,
            StartBenchmark.class,
            AgentBenchmark.class,
            JmhCommand.class
        })
public final class Main implements Runnable {
    private Main() {}

    /**
     * Runs the command. Exit code 0: all was measured; 1: something of it failed; 2: a mistake of
     * the user.
     *
     * @param arguments as on the command line
     */
    public static void main(String[] arguments) {
        System.exit(execute(arguments));
    }

    static int execute(String... arguments) {
        CommandLine command = new CommandLine(new Main());
        // JMH has options of its own
        requireNonNull(command.getSubcommands().get("jmh"))
                .setUnmatchedOptionsArePositionalParams(true);
        return command.setUsageHelpWidth(120)
                .registerConverter(Duration.class, Texts::duration)
                .setParameterExceptionHandler((mistake, given) -> refuse(mistake))
                .setExecutionExceptionHandler((failure, failed, given) -> fail(failure))
                .execute(arguments);
    }

    @Override
    public void run() {
        throw new InvalidSettingException(
                "benchmark",
                "none",
                "one of fast, gate, change, sleep, upstream, hog, balance, overload, look, memory,"
                        + " idle, boot, start, agent, blocking, freeze, sockets, jmh; see --help");
    }

    /** The version of Treadle that is measured. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"Treadle " + Treadle.version()};
        }
    }

    private static int refuse(ParameterException mistake) {
        String help = mistake.getCommandLine().getCommandSpec().qualifiedName() + " --help";
        if (mistake instanceof UnmatchedArgumentException unmatched) {
            return say(
                    unmatched.getUnmatched().get(0)
                            + ": unknown (expected: what is in "
                            + help
                            + ")");
        }
        if (mistake.getArgSpec() instanceof CommandLine.Model.OptionSpec option
                && mistake.getValue() != null) {
            return say(
                    option.longestName()
                            + ": "
                            + mistake.getValue()
                            + " (expected: "
                            + Texts.expected(option)
                            + ")");
        }
        return say(mistake.getMessage() + " (expected: as in " + help + ")");
    }

    private static int fail(Exception failure) {
        if (failure instanceof InvalidSettingException) {
            return say(failure.getMessage());
        }
        failure.printStackTrace();
        return 1;
    }

    private static int say(@Nullable String message) {
        System.err.println("bench/run: " + message);
        return 2;
    }
}
