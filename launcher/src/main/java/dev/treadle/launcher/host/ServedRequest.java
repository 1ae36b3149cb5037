package dev.treadle.launcher.host;

import org.jspecify.annotations.Nullable;

/**
 * A request that is over, as the access log tells of it. The texts come from the client as they
 * are, but for their length.
 *
 * @param startMillis when its head was read, in milliseconds since 1970
 * @param client the address it came from
 * @param user who had logged in; null: nobody
 * @param head the client's request
 * @param status of the answer; 0 if there was none
 * @param bytes of the answer's body that were sent
 * @param times how long it took
 */
public record ServedRequest(
        long startMillis,
        String client,
        @Nullable String user,
        Head head,
        int status,
        long bytes,
        Times times) {
    /** Stands for a number that is not known. */
    public static final int UNKNOWN = -1;

    /** Longer texts are cut: a line of the log is short, and so is what waits to be written. */
    private static final int LONGEST = 2048;

    private static final String CUT = "...";

    /**
     * The request of the client.
     *
     * @param target path and query, not decoded
     * @param protocol such as {@code HTTP/1.1}
     * @param referer the header; null: none
     * @param agent the header {@code User-Agent}; null: none
     */
    public record Head(
            String method,
            String target,
            String protocol,
            @Nullable String referer,
            @Nullable String agent) {
        /** Cuts what is too long. */
        public Head {
            method = cut(method);
            target = cut(target);
            protocol = cut(protocol);
            referer = referer == null ? null : cut(referer);
            agent = agent == null ? null : cut(agent);
        }

        /** Returns the target without its query. */
        public String path() {
            int query = target.indexOf('?');
            return query < 0 ? target : target.substring(0, query);
        }

        private static String cut(String text) {
            return text.length() <= LONGEST
                    ? text
                    : text.substring(0, LONGEST - CUT.length()) + CUT;
        }
    }

    /**
     * How long a request took. A request that has not passed the gate has no time of its run: all
     * its time was before the gate.
     *
     * @param totalNanos from the head of the request to the end of the answer
     * @param queueNanos from the head of the request until it was admitted
     * @param runNanos from then to the end of the answer
     * @param hub the number of its hub
     * @param slices how often it had its hub: one more than it has given way
     */
    public record Times(long totalNanos, long queueNanos, long runNanos, int hub, long slices) {
        /**
         * Of a request that is over now.
         *
         * @param beginNanos when its head was read, as {@link System#nanoTime} says it
         * @param passage its way through the gate; null: it was not admitted
         */
        public static Times of(long beginNanos, @Nullable Passage passage) {
            long now = System.nanoTime();
            long total = Math.max(0, now - beginNanos);
            return passage == null
                    ? new Times(total, total, UNKNOWN, UNKNOWN, UNKNOWN)
                    : new Times(
                            total,
                            Math.max(0, passage.nanoTime() - beginNanos),
                            Math.max(0, now - passage.nanoTime()),
                            passage.hub(),
                            passage.slicesUntilNow());
        }
    }
}
