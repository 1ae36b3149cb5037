package dev.treadle.launcher.stats;

import dev.treadle.launcher.host.HttpAddress;

import org.jspecify.annotations.Nullable;

/**
 * Where the stats server listens, and what its clients may do.
 *
 * @param address one with a host
 * @param access who may see and change what
 */
public record StatsPlan(HttpAddress address, StatsAccess access) {
    /**
     * Plans one.
     *
     * @param token what clients of other machines show; null: they see only whether it is ready
     * @param control whether clients may change the workers
     */
    public static StatsPlan of(HttpAddress address, @Nullable String token, boolean control) {
        return new StatsPlan(
                address, new StatsAccess(token == null ? null : new StatsToken(token), control));
    }
}
