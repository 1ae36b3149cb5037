package dev.treadle.stats;

/**
 * How many requests were refused, by reason, since the start; each only ever rises.
 *
 * @param lineFull because the line was full
 * @param lineTimeout after the longest time in line
 * @param draining because the workers were draining
 * @param clientsGone because the client had left
 * @since 0.2.0
 */
public record Refusals(long lineFull, long lineTimeout, long draining, long clientsGone) {
    /** Returns all of them. */
    public long total() {
        return lineFull + lineTimeout + draining + clientsGone;
    }

    Refusals without(Refusals part) {
        return new Refusals(
                lineFull - part.lineFull,
                lineTimeout - part.lineTimeout,
                draining - part.draining,
                clientsGone - part.clientsGone);
    }
}
