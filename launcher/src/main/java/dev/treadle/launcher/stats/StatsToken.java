package dev.treadle.launcher.stats;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;

/**
 * The secret that clients of the stats server show as {@code Authorization: Bearer TOKEN} (RFC
 * 6750).
 */
final class StatsToken {
    private final byte[] token;

    StatsToken(String token) {
        this.token = token.getBytes(UTF_8);
    }

    /** Compares in a time that does not tell how much of it is right. */
    boolean isShownBy(String authorization) {
        String[] parts = authorization.split(" +", 2);
        return parts.length == 2
                && parts[0].equalsIgnoreCase("Bearer")
                && MessageDigest.isEqual(token, parts[1].getBytes(UTF_8));
    }

    @Override
    public String toString() {
        return "a token";
    }
}
