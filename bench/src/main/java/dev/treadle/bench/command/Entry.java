package dev.treadle.bench.command;

import dev.treadle.bench.report.Subject;

/**
 * A contender in a container.
 *
 * @param container the name of the server
 * @param contender what runs its requests
 */
record Entry(String container, Contender contender) {
    /** Returns what its row in a table is called. */
    Subject subject() {
        return new Subject(container, contender.name());
    }

    @Override
    public String toString() {
        return subject().toString();
    }
}
