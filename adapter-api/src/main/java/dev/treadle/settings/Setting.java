package dev.treadle.settings;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One setting of {@link WorkerSettings}, and its names in every place a value can come from: {@code
 * queue-timeout} is the flag {@code --queue-timeout}, the property {@code treadle.queue-timeout}
 * and the environment variable {@code TREADLE_QUEUE_TIMEOUT}. A duration is a number of seconds or
 * has a unit: {@code 10}, {@code 10s}, {@code 500ms}, {@code 2m}.
 *
 * @since 0.2.0
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
    /** The order in which requests in line are admitted. {@code fifo} or {@code adaptive-lifo}. */
    QUEUE_ORDER,
    /** The HTTP status of a request that is refused. A whole number. */
    REFUSE_STATUS,
    /**
     * The {@code Retry-After} of a refusal. A duration in whole seconds; {@code 0s}: no such
     * header.
     */
    RETRY_AFTER,
    /**
     * Paths that pass the gate. Each is a path or ends in {@code /*}, joined by commas; or {@code
     * off}.
     */
    PRIORITY_PATH,
    /**
     * The path at which the gate itself tells whether requests are taken. A path, or {@code off}.
     */
    READY_PATH,
    /**
     * Inner limits, joined by commas: each a path pattern or a name, {@code =}, how many at a time,
     * and, after colons, how many may wait for it and how long: {@code /checkout/*=50:100:2s}; or
     * {@code off}.
     */
    LIMIT,
    /** How many event streams may be open besides N. A whole number; 0: they are counted in N. */
    STREAMS,
    /** The longest a request may run. A duration, or {@code off}. */
    HARAKIRI,
    /** Harakiri only while more requests than this wait in line. A whole number; 0: always. */
    HARAKIRI_QUEUE_THRESHOLD,
    /** A slice longer than this is reported. A duration. */
    MAX_BLOCKING_TIME,
    /**
     * A hub held longer than this with work waiting goes to a spare carrier. A duration, or {@code
     * off}.
     */
    RETAKE,
    /** The grace that running requests get at a stop. A duration; default 25 s less the delay. */
    DRAIN,
    /** How long a stop still takes requests after it has reported itself not ready. A duration. */
    DRAIN_DELAY,
    /** Whether another process may listen on the same port. {@code on} or {@code off}. */
    REUSE_PORT;

    /** The prefix of every property: {@code treadle.}. */
    public static final String PROPERTY_PREFIX = "treadle.";

    /** The prefix of every variable of the environment: {@code TREADLE_}. */
    public static final String VARIABLE_PREFIX = "TREADLE_";

    /** Where the scripts look for a JDK. */
    private static final String SCRIPT_VARIABLE = VARIABLE_PREFIX + "JDKS";

    /** The variables of a service, but for NAME_PORT, which only its value tells. */
    private static final Pattern KUBERNETES =
            Pattern.compile(
                    "TREADLE(_[A-Z0-9_]+)?_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?"
                            + "|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

    private static final Pattern KUBERNETES_URL = Pattern.compile("(tcp|udp|sctp)://.*");

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
        return VARIABLE_PREFIX + name();
    }

    /**
     * Whether an environment variable that begins with {@code TREADLE_} belongs to other software,
     * and is not a mistyped setting. There are two kinds: {@code TREADLE_JDKS}, which the scripts
     * read; and the variables that Kubernetes sets in every pod next to a service whose name is or
     * begins with treadle, such as {@code TREADLE_SERVICE_HOST} and {@code
     * TREADLE_PORT_80_TCP_ADDR}.
     *
     * @param name the name of the variable
     * @param value its value
     */
    public static boolean isForeignVariable(String name, String value) {
        return name.equals(SCRIPT_VARIABLE)
                || KUBERNETES.matcher(name).matches()
                || (name.endsWith("_PORT") && KUBERNETES_URL.matcher(value).matches());
    }

    /** Whether this setting means something only to the model gevent, and goes with it. */
    boolean isOfHubs() {
        return this == HUBS || this == HUB_LOOP;
    }

    /** Whether this setting takes effect only where a container starts to listen. */
    boolean isOfSocket() {
        return this == LISTEN || this == REUSE_PORT;
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
