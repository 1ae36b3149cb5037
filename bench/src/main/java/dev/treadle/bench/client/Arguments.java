package dev.treadle.bench.client;

import java.util.HashMap;
import java.util.Map;

/** The arguments of one order, {@code name=value} each; its sender is a program of ours. */
final class Arguments {
    private final Map<String, String> values = new HashMap<>();

    Arguments(String[] words) {
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            values.put(words[i].substring(0, equals), words[i].substring(equals + 1));
        }
    }

    String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + ": missing in an order to the client");
        }
        return value;
    }

    int number(String name) {
        return Integer.parseInt(text(name));
    }

    long nanos(String name) {
        return number(name) * 1_000_000L;
    }
}
