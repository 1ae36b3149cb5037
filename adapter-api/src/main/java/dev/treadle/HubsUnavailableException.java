package dev.treadle;

import dev.treadle.settings.WorkerSettings;

/**
 * The model gevent was requested and this JVM cannot have hubs; the message has the reason and the
 * remedy.
 *
 * @since 0.2.0
 */
public final class HubsUnavailableException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    HubsUnavailableException(WorkerSettings settings, String problem) {
        super(
                "gevent: "
                        + settings.limit()
                        + " (expected: a JVM that can have hubs): "
                        + problem
                        + ". No other worker model was started in its place");
    }
}
