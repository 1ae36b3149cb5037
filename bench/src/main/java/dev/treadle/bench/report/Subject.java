package dev.treadle.bench.report;

/**
 * The subject of a row of a table.
 *
 * @param container the server, such as {@code tomcat}
 * @param contender what runs its requests, such as {@code gevent}
 */
public record Subject(String container, String contender) {
    @Override
    public String toString() {
        return container.equals(contender) ? container : container + " " + contender;
    }
}
