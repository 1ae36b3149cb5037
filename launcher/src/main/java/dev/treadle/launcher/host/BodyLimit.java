package dev.treadle.launcher.host;

/**
 * The largest body that a request may have, of a form or of anything else. A request with a larger
 * one gets 413.
 *
 * @param bytes at least 1; {@link #UNLIMITED}: any size
 */
public record BodyLimit(long bytes) {
    /** More than any body has. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** The status of the answer to a larger one. */
    public static final int CONTENT_TOO_LARGE = 413;

    /** Whether there is a limit at all. */
    public boolean limits() {
        return bytes != UNLIMITED;
    }

    /** Returns the limit, or the largest one, for a container that counts in {@code int}. */
    public int asInt() {
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }
}
