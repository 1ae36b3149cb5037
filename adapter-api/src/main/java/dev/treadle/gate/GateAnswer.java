package dev.treadle.gate;

import static java.util.Objects.requireNonNull;

/**
 * The gate's own answer, which an adapter sends in place of the application's.
 *
 * @param status the HTTP status
 * @param words the body, a few words of ASCII without a line end
 * @param retryAfterSeconds the header {@code Retry-After}; 0: none
 * @param close whether the connection is closed after the answer ({@code Connection: close} on
 *     HTTP/1.1)
 * @since 0.2.0
 */
public record GateAnswer(int status, String words, int retryAfterSeconds, boolean close)
        implements Admission {
    /** Requires words. */
    public GateAnswer {
        requireNonNull(words, "words");
    }
}
