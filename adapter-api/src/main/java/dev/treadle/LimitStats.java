package dev.treadle;

/**
 * What one inner limit does at one moment.
 *
 * @param name its path pattern or plain name
 * @param limit how many at a time
 * @param active how many hold it
 * @param waiting how many wait in its line
 * @param refused how many it refused, for whatever reason, since the start
 */
public record LimitStats(String name, int limit, int active, int waiting, long refused) {
    static LimitStats of(String name, Turnstile turnstile) {
        Turnstile.Counts counts = turnstile.counts();
        return new LimitStats(
                name, turnstile.limit(), counts.active(), counts.waiting(), counts.refused());
    }
}
