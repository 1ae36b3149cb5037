package dev.treadle.launcher;

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
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        ErrorReport report = new ErrorReport();
        return new CommandLine(new TreadleCommand())
                .setParameterExceptionHandler(report)
                .setExecutionExceptionHandler(report);
    }
}
