package dev.treadle.launcher;

import dev.treadle.HubsUnavailableException;
import dev.treadle.launcher.host.StartFailedException;
import dev.treadle.launcher.host.UsageException;
import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

import java.io.PrintWriter;
import java.util.List;
import java.util.logging.Level;

/**
 * Tells the user what went wrong: one message, {@code NAME: VALUE (expected: ...)} and what to do.
 * A stack trace only with {@code --verbose}.
 */
final class ErrorReport implements IParameterExceptionHandler, IExecutionExceptionHandler {
    private static final String PREFIX = "treadle: ";

    private final @Nullable FileDefaults defaults;

    /**
     * @param defaults the file of {@code --config}; null: none
     */
    ErrorReport(@Nullable FileDefaults defaults) {
        this.defaults = defaults;
    }

    @Override
    public int handleParseException(ParameterException mistake, String[] args) {
        CommandLine command = mistake.getCommandLine();
        command.getErr().println(PREFIX + message(mistake));
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    private static String message(ParameterException mistake) {
        if (mistake instanceof UnmatchedArgumentException unmatched) {
            return unmatched.getUnmatched().get(0)
                    + ": unknown (expected: what treadle --help lists)"
                    + suggestions(unmatched.getSuggestions());
        }
        if (mistake instanceof MissingParameterException missing) {
            ArgSpec first = missing.getMissing().get(0);
            return name(first)
                    + ": no value (expected: "
                    + first.paramLabel()
                    + "); see treadle --help";
        }
        if (mistake instanceof OverwrittenOptionException twice && twice.getOverwritten() != null) {
            return name(twice.getOverwritten()) + ": given twice (expected: once); leave one out";
        }
        return mistake.getMessage() + "; see treadle --help";
    }

    private static String name(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }

    private static String suggestions(List<String> similar) {
        return similar.isEmpty() ? "" : "; did you mean " + String.join(" or ", similar) + "?";
    }

    /** The value of an option may stand in the file. */
    private String place(InvalidSettingException invalid) {
        String place = defaults == null ? null : defaults.place(invalid.setting());
        return place == null ? "" : "; it stands as " + place;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult all) {
        PrintWriter err = command.getErr();
        int exitCode = command.getCommandSpec().exitCodeOnExecutionException();
        if (failure instanceof InvalidSettingException invalid) {
            err.println(Console.line(Level.SEVERE, failure.getMessage() + place(invalid)));
            exitCode = command.getCommandSpec().exitCodeOnInvalidInput();
        } else if (failure instanceof UsageException) {
            err.println(Console.line(Level.SEVERE, String.valueOf(failure.getMessage())));
            exitCode = command.getCommandSpec().exitCodeOnInvalidInput();
        } else if (failure instanceof StartFailedException
                || failure instanceof HubsUnavailableException) {
            err.println(Console.line(Level.SEVERE, String.valueOf(failure.getMessage())));
        } else {
            err.println(
                    Console.line(
                            Level.SEVERE,
                            "this should not happen, please report it: "
                                    + failure
                                    + "; --verbose prints the stack trace"));
        }
        if (command.getParseResult().hasMatchedOption("--verbose")) {
            failure.printStackTrace(err);
        }
        err.flush();
        return exitCode;
    }
}
