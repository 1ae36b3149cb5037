package dev.treadle.stats;

import java.time.Duration;

/**
 * The state and counters of one inner limit at one moment.
 *
 * @param name its path pattern or plain name
 * @param limit how many at a time
 * @param active how many hold it
 * @param waiting how many wait in its line
 * @param refused how many it refused, for any reason, since the start
 * @param longestWaiting how long the first in its line has waited; zero if none waits
 * @param leftLine how many requests have left its line since the start
 * @param timeInLine total time those waited
 * @since 0.2.0
 */
public record LimitStats(
        String name,
        int limit,
        int active,
        int waiting,
        long refused,
        Duration longestWaiting,
        long leftLine,
        Duration timeInLine) {}
