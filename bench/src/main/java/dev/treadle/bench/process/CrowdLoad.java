package dev.treadle.bench.process;

import java.time.Duration;
import java.util.List;

/**
 * Users who come at their times, and reload when they have waited for too long.
 *
 * @param path what is asked for
 * @param phases how many come, and when
 * @param patience how long a user waits for one request
 * @param reloads how often a user asks anew before giving up
 */
public record CrowdLoad(String path, List<Phase> phases, Duration patience, int reloads) {}
