package dev.treadle.boot;

import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.Setting;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

import java.util.Arrays;
import java.util.List;

/** Reports the invalid property, its place, and the valid values. */
final class InvalidSettingFailureAnalyzer extends AbstractFailureAnalyzer<InvalidSettingException> {
    private final Environment environment;

    InvalidSettingFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected FailureAnalysis analyze(Throwable root, InvalidSettingException cause) {
        StringBuilder description = new StringBuilder(String.valueOf(cause.getMessage()));
        for (String property : properties(cause.setting())) {
            BootSettings.origin(environment, property)
                    .ifPresent(origin ->
                            description
                                    .append(System.lineSeparator())
                                    .append(System.lineSeparator())
                                    .append("    ")
                                    .append(property)
                                    .append(" is set in ")
                                    .append(origin));
        }
        return new FailureAnalysis(description.toString(), action(cause), cause);
    }

    private static String action(InvalidSettingException cause) {
        String must = cause.setting() + " must be " + cause.expected();
        return must.endsWith("?") ? must : must + ".";
    }

    /** A message may name two settings, which contradict each other, or flags. */
    private static List<String> properties(String named) {
        return Arrays.stream(named.split(" and ", -1))
                .map(name -> name.startsWith("--") ? name.substring(2) : name)
                .map(name ->
                        name.startsWith(Setting.PROPERTY_PREFIX)
                                ? name
                                : Setting.PROPERTY_PREFIX + name)
                .toList();
    }
}
