package dev.treadle.launcher;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

import java.util.stream.Stream;

/**
 * Gives the options of a command the values of {@code --config}, where the command line has none.
 *
 * @param file the file
 * @param given the command line
 */
record FileDefaults(ConfigFile file, ParseResult given) implements IDefaultValueProvider {
    /**
     * Reads the file that a command line names.
     *
     * @return null: it names none, or has a mistake that will be told when it is carried out
     * @throws dev.treadle.settings.InvalidSettingException if the file cannot be taken
     */
    static @Nullable FileDefaults of(CommandLine commandLine, String[] args) {
        // most calls have no such option; one from a file of arguments is found by parsing
        if (Stream.of(args)
                .noneMatch(each -> each.startsWith("--config") || each.startsWith("@"))) {
            return null;
        }
        ParseResult given;
        try {
            given = commandLine.parseArgs(args);
        } catch (ParameterException mistake) {
            return null;
        }
        while (given.hasSubcommand()) {
            given = given.subcommand();
        }
        String name = given.matchedOptionValue("--config", (String) null);
        return name == null || given.isUsageHelpRequested() || given.isVersionHelpRequested()
                ? null
                : new FileDefaults(ConfigFile.read(name, given.commandSpec()), given);
    }

    /** A switch that is given must have no default: picocli would turn it round. */
    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        return argument instanceof OptionSpec option
                        && !given.hasMatchedOption(option.longestName())
                ? file.option(ConfigFile.word(option))
                : null;
    }

    /** Returns where an option stands that the command line does not have; null: nowhere. */
    @Nullable String place(String option) {
        return option.startsWith("--") && !given.hasMatchedOption(option)
                ? file.place(option.substring(2))
                : null;
    }
}
