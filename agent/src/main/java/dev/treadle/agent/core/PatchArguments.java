package dev.treadle.agent.core;

import dev.treadle.agent.ExecutorPatterns;
import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/** The arguments of the agent about the classes of the application. */
final class PatchArguments {
    static final String PATCH = "monkey-patch";
    private static final String INCLUDE = "monkey-patch-include";
    private static final String EXCLUDE = "monkey-patch-exclude";
    private static final String EXECUTORS = "executors";

    private PatchArguments() {}

    /** Returns the names. */
    static List<String> names() {
        return List.of(PATCH, INCLUDE, EXCLUDE);
    }

    /** Whether an argument has one more value each time that it is there. */
    static boolean isRepeatable(String name) {
        return name.equals(INCLUDE) || name.equals(EXCLUDE);
    }

    /**
     * @param patch the value of {@code monkey-patch}; null: it is not there
     * @param patterns the values of the two others, by name
     * @return null: nothing is changed
     * @throws InvalidSettingException if something is not valid
     */
    static @Nullable ExecutorPatterns parse(
            @Nullable String patch, Map<String, List<String>> patterns) {
        if (patch == null) {
            if (patterns.isEmpty()) {
                return null;
            }
            Map.Entry<String, List<String>> given = patterns.entrySet().iterator().next();
            throw new InvalidSettingException(
                    given.getKey() + AgentArguments.PLACE,
                    given.getValue().get(0),
                    "only together with " + PATCH + "=" + EXECUTORS);
        }
        if (!patch.strip().equals(EXECUTORS)) {
            throw new InvalidSettingException(PATCH + AgentArguments.PLACE, patch, EXECUTORS);
        }
        return new ExecutorPatterns(of(INCLUDE, patterns), of(EXCLUDE, patterns));
    }

    private static List<String> of(String name, Map<String, List<String>> patterns) {
        return patterns.getOrDefault(name, List.of()).stream()
                .map(text -> pattern(name, text.strip()))
                .toList();
    }

    private static String pattern(String name, String text) {
        if (!ExecutorPatterns.isPattern(text)) {
            throw new InvalidSettingException(
                    name + AgentArguments.PLACE,
                    text,
                    "a class such as com.example.Payments, or a package and all below it such as"
                            + " com.example.*");
        }
        if (name.equals(INCLUDE) && ExecutorPatterns.isOfAContainer(text)) {
            throw new InvalidSettingException(
                    name + AgentArguments.PLACE,
                    text,
                    "classes of the application, for those of the container are left alone");
        }
        return text;
    }
}
