package dev.treadle.bench.suite;

import dev.treadle.bench.report.Subject;

/**
 * A contender in a container.
 *
 * @param container the name of the server
 * @param contender what runs its requests
 */
public record Entry(String container, Contender contender) {
    /** Returns what its row in a table is called. */
    public Subject subject() {
        return new Subject(container, contender.name());
    }

    @Override
    public String toString() {
        return subject().toString();
    }
}
