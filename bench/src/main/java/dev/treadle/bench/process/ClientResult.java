package dev.treadle.bench.process;

import java.util.HashMap;
import java.util.Map;

/**
 * What the clients tell of one load.
 *
 * @param numbers by name
 * @param problem the first thing that went wrong; empty if nothing did
 */
public record ClientResult(Map<String, Long> numbers, String problem) {
    private static final String PROBLEM = "problem=";

    static ClientResult parse(String answer) {
        int at = answer.indexOf(PROBLEM);
        Map<String, Long> numbers = new HashMap<>();
        for (String word : answer.substring(0, at).strip().split(" ")) {
            int equals = word.indexOf('=');
            numbers.put(word.substring(0, equals), Long.valueOf(word.substring(equals + 1)));
        }
        return new ClientResult(Map.copyOf(numbers), answer.substring(at + PROBLEM.length()));
    }

    /** Returns the number of that name. */
    public long number(String name) {
        Long number = numbers.get(name);
        if (number == null) {
            throw new IllegalArgumentException(name + ": not in what the client said: " + numbers);
        }
        return number;
    }

    /** Returns the number of that name, which is microseconds, as milliseconds. */
    public double millis(String name) {
        return number(name) / 1e3;
    }
}
