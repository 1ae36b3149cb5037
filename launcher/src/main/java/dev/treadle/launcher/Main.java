package dev.treadle.launcher;

import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;

/**
 * Where the {@code treadle} command starts. Exit codes: 0 all well, 1 a failed start or run, 2 a
 * mistake in the call.
 */
public final class Main {
    private Main() {}

    /**
     * Runs the command.
     *
     * @param args as {@code treadle --help} lists them
     */
    public static void main(String[] args) {
        // before anything logs: the JVM reads it once
        System.setProperty("java.util.logging.manager", PatientLogManager.class.getName());
        System.exit(run(args));
    }

    /** Runs it and returns the exit code; tests call it without an end of the JVM. */
    static int run(String[] args) {
        try {
            return commandLine(FileDefaults.of(commandLine(null), args)).execute(args);
        } catch (InvalidSettingException mistake) {
            System.err.println("treadle: " + mistake.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
    }

    private static CommandLine commandLine(@Nullable FileDefaults defaults) {
        ErrorReport report = new ErrorReport(defaults);
        CommandLine command =
                new CommandLine(new TreadleCommand())
                        .setParameterExceptionHandler(report)
                        .setExecutionExceptionHandler(report);
        return defaults == null ? command : command.setDefaultValueProvider(defaults);
    }
}
