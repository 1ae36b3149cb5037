package dev.treadle.it.boot;

import java.util.ArrayList;
import java.util.List;

/** The notes of one request: a bean of request scope. */
public class Notes {
    private final List<String> lines = new ArrayList<>();

    /** Made by Spring, for each request. */
    public Notes() {}

    /** Adds a line. */
    public void add(String line) {
        lines.add(line);
    }

    /** Returns the lines so far. */
    public List<String> lines() {
        return lines;
    }
}
