package dev.treadle.settings;

import dev.treadle.internal.base.Durations;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads inner limits. Apart, because few starts have one, and a pattern takes time to be made. */
final class LimitTexts {
    private static final Pattern LIMIT =
            Pattern.compile("([^=:]+)=(\\d{1,9})(?::(\\d{1,9})(?::([\\w.]+))?)?");

    private static final String EXPECTED =
            "PATH=N, PATH=N:QUEUE or PATH=N:QUEUE:TIMEOUT, such as /checkout/*=50 or"
                    + " /checkout/*=50:100:2s, several joined by commas, each pattern or name once; N from 1 to "
                    + WorkerSettings.MAX_COUNT
                    + "; or off";

    private LimitTexts() {}

    static List<WorkerSettings.LimitDraft> read(String text) throws UnfitValueException {
        List<WorkerSettings.LimitDraft> limits = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String part : SettingType.parts(text)) {
            Matcher matcher = LIMIT.matcher(part);
            require(matcher.matches());
            String name = matcher.group(1);
            require(LimitSettings.isName(name) && names.add(name));
            String queue = matcher.group(3);
            String timeout = matcher.group(4);
            limits.add(
                    new WorkerSettings.LimitDraft(
                            name,
                            number(matcher.group(2), 1),
                            queue == null ? null : number(queue, 0),
                            timeout == null ? null : timeout(timeout)));
        }
        return limits;
    }

    /** The pattern takes nine digits at most, so they are an {@code int}. */
    private static int number(String digits, int min) throws UnfitValueException {
        int number = Integer.parseInt(digits);
        require(number >= min && number <= WorkerSettings.MAX_COUNT);
        return number;
    }

    private static Duration timeout(String text) throws UnfitValueException {
        Duration read = Durations.parse(text).orElseThrow(() -> new UnfitValueException(EXPECTED));
        require(WorkerSettings.inRange(read, WorkerSettings.MIN_DURATION));
        return read;
    }

    private static void require(boolean fits) throws UnfitValueException {
        if (!fits) {
            throw new UnfitValueException(EXPECTED);
        }
    }
}
