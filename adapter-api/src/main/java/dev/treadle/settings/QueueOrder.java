package dev.treadle.settings;

import java.util.Locale;

/**
 * The order in which requests in the queue are admitted.
 *
 * @since 0.2.0
 */
public enum QueueOrder {
    /** First in, first out. */
    FIFO,
    /**
     * First in, first out as long as the queue becomes empty now and then. While it does not, which
     * means overload, last in, first out. Under overload the clients of the newest requests still
     * wait for their answers, and these requests wait for a short time instead of all for the
     * longest (B. Maurer, "Fail at Scale", ACM Queue 13(8), 2015).
     */
    ADAPTIVE_LIFO;

    /** Returns the word for it in settings: {@code fifo} or {@code adaptive-lifo}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
