package dev.treadle;

import java.util.Locale;
import java.util.Optional;

/**
 * One setting of {@link WorkerSettings}, and its names in every place a value can come from: {@code
 * queue-timeout} is the flag {@code --queue-timeout}, the property {@code treadle.queue-timeout}
 * and the environment variable {@code TREADLE_QUEUE_TIMEOUT}.
 */
public enum Setting {
    /** N platform threads. A whole number. */
    THREADS,
    /**
     * At most N requests at a time, a virtual thread each. A whole number, or nothing for the
     * default N.
     */
    VIRTUAL,
    /** At most N requests at a time, a greenlet each. A whole number. */
    GEVENT,
    /** How many hubs carry the greenlets. A whole number. */
    HUBS,
    /** Whether the container's event loops carry the hubs. {@code on} or {@code off}. */
    HUB_LOOP,
    /** The accept backlog of the listening socket. A whole number. */
    LISTEN,
    /** How many requests may wait in line at the gate. A whole number; 0: none waits. */
    QUEUE,
    /** How long one request may wait in line. A duration. */
    QUEUE_TIMEOUT,
    /** The longest a request may run. A duration, or {@code off}. */
    HARAKIRI,
    /** A slice longer than this is reported. A duration. */
    MAX_BLOCKING_TIME,
    /**
     * A hub held longer than this with work waiting goes to a spare carrier. A duration, or {@code
     * off}.
     */
    RETAKE,
    /** The grace that running requests get at a stop. A duration. */
    DRAIN;

    /** The prefix of every property: {@code treadle.}. */
    public static final String PROPERTY_PREFIX = "treadle.";

    /** Returns the plain name: lower case, words joined by dashes. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns the name on a command line, such as {@code --queue-timeout}. */
    public String flag() {
        return "--" + word();
    }

    /**
     * Returns the name in property files and system properties, such as {@code
     * treadle.queue-timeout}.
     */
    public String property() {
        return PROPERTY_PREFIX + word();
    }

    /** Returns the name in the environment, such as {@code TREADLE_QUEUE_TIMEOUT}. */
    public String variable() {
        return "TREADLE_" + name();
    }

    /** Whether this setting means something only to the model gevent, and goes with it. */
    boolean isOfHubs() {
        return this == HUBS || this == HUB_LOOP;
    }

    /** Whether this setting names a worker model. */
    public boolean isModel() {
        return this == THREADS || this == VIRTUAL || this == GEVENT;
    }

    /**
     * Finds a setting by its plain name.
     *
     * @param word such as {@code queue-timeout}; letter case counts
     * @return the setting, or empty if there is none of that name
     */
    public static Optional<Setting> of(String word) {
        for (Setting setting : values()) {
            if (setting.word().equals(word)) {
                return Optional.of(setting);
            }
        }
        return Optional.empty();
    }
}
