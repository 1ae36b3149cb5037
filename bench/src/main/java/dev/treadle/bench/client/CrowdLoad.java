package dev.treadle.bench.client;

import java.util.List;

/**
 * Users who come at their times, and reload when they have waited for too long.
 *
 * @param port of the server
 * @param path what is asked for
 * @param phases how many come, and when
 * @param patienceMillis how long a user waits for one request
 * @param reloads how often a user asks anew before giving up
 * @param connections so many are opened beforehand, and users wait for a free one; 0: one is opened
 *     when none is free
 */
public record CrowdLoad(
        int port,
        String path,
        List<Phase> phases,
        int patienceMillis,
        int reloads,
        int connections) {}
