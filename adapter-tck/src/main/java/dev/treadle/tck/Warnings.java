package dev.treadle.tck;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.regex.Pattern;

/**
 * Every log record of WARNING or above while a test runs, from any library: each must be expected.
 */
final class Warnings extends Handler {
    /** A warning of a container that only means that the machine is busy. */
    private static final Pattern SLOW_MACHINE =
            Pattern.compile(
                    "Creation of SecureRandom instance for session ID generation .* took \\[");

    private final Logger root = Logger.getLogger("");
    private final SimpleFormatter formatter = new SimpleFormatter();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final List<Pattern> expected = new CopyOnWriteArrayList<>();

    Warnings() {
        setLevel(Level.WARNING);
        root.addHandler(this);
    }

    void expect(String regex) {
        expected.add(Pattern.compile(regex, Pattern.DOTALL));
    }

    @Override
    public void publish(LogRecord entry) {
        if (isLoggable(entry)) {
            seen.add(formatter.format(entry));
        }
    }

    /** Returns all of them. */
    List<String> all() {
        return List.copyOf(seen);
    }

    List<String> unexpected() {
        List<String> unexpected = new ArrayList<>(seen);
        unexpected.removeIf(text ->
                SLOW_MACHINE.matcher(text).find()
                        || expected.stream().anyMatch(pattern -> pattern.matcher(text).find()));
        return unexpected;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        root.removeHandler(this);
    }
}
