package dev.treadle.bench.process;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The report of the clients on one load.
 *
 * @param numbers by name
 * @param series by name, such as one number for each second
 * @param problem the first thing that went wrong; empty if nothing did
 */
public record ClientResult(
        Map<String, Long> numbers, Map<String, List<Long>> series, String problem) {
    private static final String PROBLEM = "problem=";

    static ClientResult parse(String answer) {
        int at = answer.indexOf(PROBLEM);
        Map<String, Long> numbers = new HashMap<>();
        Map<String, List<Long>> series = new HashMap<>();
        for (String word : answer.substring(0, at).strip().split(" ")) {
            int equals = word.indexOf('=');
            String name = word.substring(0, equals);
            String value = word.substring(equals + 1);
            if (value.startsWith("[")) {
                series.put(name, longs(value));
            } else {
                numbers.put(name, Long.valueOf(value));
            }
        }
        return new ClientResult(
                Map.copyOf(numbers), Map.copyOf(series), answer.substring(at + PROBLEM.length()));
    }

    private static List<Long> longs(String list) {
        String[] words = list.substring(1, list.length() - 1).split(",");
        return Arrays.stream(words).map(Long::valueOf).toList();
    }

    /** Returns the number of that name. */
    public long number(String name) {
        Long number = numbers.get(name);
        if (number == null) {
            throw new IllegalArgumentException(name + ": not in what the client said: " + numbers);
        }
        return number;
    }

    /** Returns the series of that name. */
    public List<Long> series(String name) {
        List<Long> found = series.get(name);
        if (found == null) {
            throw new IllegalArgumentException(
                    name + ": not in what the client said: " + series.keySet());
        }
        return found;
    }

    /** Returns the number of that name, which is microseconds, as milliseconds. */
    public double millis(String name) {
        return number(name) / 1e3;
    }
}
