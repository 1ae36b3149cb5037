package dev.treadle;

import java.util.Locale;

/**
 * The order in which requests in line go in.
 *
 * @since 0.2.0
 */
public enum QueueOrder {
    /** Whoever came first. */
    FIFO,
    /**
     * Whoever came first, as long as the line is empty now and then; while it stands, whoever came
     * last: under overload the newest still have somebody who waits for the answer, and each of
     * them waits for a short time instead of all for the longest (B. Maurer, "Fail at Scale", ACM
     * Queue 13(8), 2015).
     */
    ADAPTIVE_LIFO;

    /** Returns the word for it in settings: {@code fifo} or {@code adaptive-lifo}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
