package dev.treadle.settings;

import static dev.treadle.settings.SettingRow.setting;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The table of all settings of {@link WorkerSettings}. A row has all that there is to know of one:
 * its name, what its values are, its default, when it takes effect, and its help text. Options of
 * the command line, properties, and their checks follow from it.
 *
 * <p>A setting has one name in every place a value can come from: {@code queue-timeout} is the flag
 * {@code --queue-timeout}, the property {@code treadle.queue-timeout} and the environment variable
 * {@code TREADLE_QUEUE_TIMEOUT}. A duration is a number of seconds or has a unit: {@code 10},
 * {@code 10s}, {@code 500ms}, {@code 2m}.
 *
 * @since 0.2.0
 */
public enum Setting {
    /** N platform threads. A whole number. */
    THREADS(
            setting(
                            SettingType.count(1, WorkerSettings.MAX_COUNT),
                            "Run requests on N platform threads.")
                    .onlyFor(WorkerModel.THREADS)),
    /**
     * At most N requests at a time, a virtual thread each. A whole number, or nothing for the
     * default N.
     */
    VIRTUAL(
            setting(
                            SettingType.countOr(
                                    WorkerSettings.DEFAULT_VIRTUAL, 1, WorkerSettings.MAX_COUNT),
                            "Run each request on a virtual thread of the JDK, N at a time. N alone defaults to 1000.")
                    .onlyFor(WorkerModel.VIRTUAL)
                    .alone("")),
    /** At most N requests at a time, a greenlet each. A whole number. */
    GEVENT(
            setting(
                            SettingType.count(1, WorkerSettings.MAX_COUNT),
                            "Run each request on a greenlet, N at a time.")
                    .onlyFor(WorkerModel.GEVENT)),
    /** How many hubs carry the greenlets. A whole number. */
    HUBS(
            setting(
                            SettingType.count(1, WorkerSettings.MAX_HUBS),
                            "Hubs that carry the greenlets; only with gevent.")
                    .onlyFor(WorkerModel.GEVENT)
                    .byDefault("one per core")),
    /** Whether the container's event loops carry the hubs. {@code on} or {@code off}. */
    HUB_LOOP(
            setting(
                            SettingType.onOrOff(),
                            "Let the event loops of the container carry the hubs; only with gevent.")
                    .onlyFor(WorkerModel.GEVENT)
                    .takenAtStart()),
    /** Whether the hubs poll the sockets that greenlets wait for. {@code on} or {@code off}. */
    HUB_SOCKETS(
            setting(
                            SettingType.onOrOff(),
                            "Let the hubs poll the sockets that greenlets wait for; only with gevent.")
                    .onlyFor(WorkerModel.GEVENT)
                    .takenAtStart()),
    /** The accept backlog of the listening socket. A whole number. */
    LISTEN(
            setting(
                            SettingType.count(1, WorkerSettings.MAX_COUNT),
                            "Accept backlog of the listening socket.")
                    .takenAtStart()
                    .byDefault("max(1024, N)")),
    /** How many requests may wait in the queue at the gate. A whole number; 0: none waits. */
    QUEUE(
            setting(
                            SettingType.count(0, WorkerSettings.MAX_COUNT),
                            "Requests that may wait in the queue; 0: none.")
                    .byDefault("N of the model")),
    /** How long one request may wait in the queue. A duration. */
    QUEUE_TIMEOUT(
            setting(
                    SettingType.duration(WorkerSettings.MIN_DURATION),
                    "Longest wait in the queue before a request is refused.")),
    /**
     * The order in which requests in the queue are admitted. {@code fifo} or {@code adaptive-lifo}.
     */
    QUEUE_ORDER(
            setting(
                    SettingType.queueOrder(),
                    "Order of the queue: first in, first out, or the newest first under overload.")),
    /** The HTTP status of a request that is refused. A whole number. */
    REFUSE_STATUS(
            setting(
                    SettingType.count(WorkerSettings.MIN_STATUS, WorkerSettings.MAX_STATUS),
                    "HTTP status of a request that is refused because of load.")),
    /**
     * The {@code Retry-After} of a refusal. A duration in whole seconds; {@code 0s}: no such
     * header.
     */
    RETRY_AFTER(
            setting(
                    SettingType.wholeSeconds(),
                    "Time that a refused client is told to wait, in whole seconds; 0s: none is told.")),
    /**
     * Paths that pass the gate. Each is a path or ends in {@code /*}, joined by commas; or {@code
     * off}.
     */
    PRIORITY_PATH(
            setting(
                            SettingType.priorityPaths(),
                            "Paths that pass a full gate, such as /healthz or /probes/*, at most max(16, N/10) such requests at a time; or off.")
                    .repeated()),
    /**
     * The path at which the gate itself tells whether requests are taken. A path, or {@code off}.
     */
    READY_PATH(
            setting(
                    SettingType.path(),
                    "Path that is answered in front of the application: 200, and 503 from the first moment of a stop; or off.")),
    /**
     * Inner limits, joined by commas: each a path pattern or a name, {@code =}, how many at a time,
     * and, after colons, how many may wait for it and how long: {@code /checkout/*=50:100:2s}; or
     * {@code off}.
     */
    LIMIT(
            setting(
                            SettingType.limits(),
                            "Requests for PATH at a time, and how many may wait for it how long, such as /checkout/*=50:100:2s; or off.")
                    .repeated()),
    /** How many event streams may be open besides N. A whole number; 0: they are counted in N. */
    STREAMS(
            setting(
                            SettingType.count(0, WorkerSettings.MAX_COUNT),
                            "Event streams open at a time, besides the N; 0: in the N.")
                    .byDefault("10 x N")),
    /** The longest a request may run. A duration, or {@code off}. */
    HARAKIRI(
            setting(
                    SettingType.durationOrOff(WorkerSettings.MIN_DURATION),
                    "Longest a request may run before it is interrupted.")),
    /** Harakiri only while more requests than this wait in the queue. A whole number; 0: always. */
    HARAKIRI_QUEUE_THRESHOLD(
            setting(
                    SettingType.count(0, WorkerSettings.MAX_COUNT),
                    "Harakiri only while more than N requests wait in the queue; 0: always.")),
    /** A slice longer than this is reported. A duration. */
    MAX_BLOCKING_TIME(
            setting(
                    SettingType.duration(WorkerSettings.MIN_DURATION),
                    "Report a slice that is longer, with its request and stack.")),
    /**
     * A hub held longer than this with work waiting goes to a spare carrier. A duration, or {@code
     * off}.
     */
    RETAKE(
            setting(
                    SettingType.durationOrOff(WorkerSettings.MIN_DURATION),
                    "Give a hub that is held for longer to a spare carrier.")),
    /** The grace that running requests get at a stop. A duration; default 25 s less the delay. */
    DRAIN(
            setting(SettingType.duration(Duration.ZERO), "Grace for running requests at a stop.")
                    .byDefault("25s less drain-delay")),
    /** How long a stop still takes requests after it has reported itself not ready. A duration. */
    DRAIN_DELAY(
            setting(
                    SettingType.duration(Duration.ZERO),
                    "How long a stop still takes requests, so that load balancers notice.")),
    /** Whether another process may listen on the same port. {@code on} or {@code off}. */
    REUSE_PORT(
            setting(
                            SettingType.onOrOff(),
                            "Let another process listen on the same port, for a rolling restart; not on Undertow.")
                    .takenAtStart()
                    .alone("on"));

    @SuppressWarnings("ImmutableEnumChecker") // the fields of its type are final
    private final SettingRow<?> row;

    private final String word;

    Setting(SettingRow<?> row) {
        this.row = row;
        word = name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    SettingRow<?> row() {
        return row;
    }

    /** The prefix of every property: {@code treadle.}. */
    public static final String PROPERTY_PREFIX = "treadle.";

    /** The prefix of every variable of the environment: {@code TREADLE_}. */
    public static final String VARIABLE_PREFIX = "TREADLE_";

    /** Where the scripts look for a JDK. */
    private static final String SCRIPT_VARIABLE = VARIABLE_PREFIX + "JDKS";

    /** Apart, because few processes have such variables, and a pattern takes time to be made. */
    private static final class Kubernetes {
        /** The variables of a service, but for NAME_PORT, which only its value tells. */
        static final Pattern VARIABLE =
                Pattern.compile(
                        "TREADLE(_[A-Z0-9_]+)?_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?"
                                + "|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

        static final Pattern URL = Pattern.compile("(tcp|udp|sctp)://.*");
    }

    /** Returns the plain name: lower case, words joined by dashes. */
    public String word() {
        return word;
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
                || Kubernetes.VARIABLE.matcher(name).matches()
                || (name.endsWith("_PORT") && Kubernetes.URL.matcher(value).matches());
    }

    /** Returns what stands for a value in a help text, such as {@code N} or {@code D|off}. */
    public String valueLabel() {
        return row.type().valueLabel();
    }

    /** Returns the class of the value in the metadata of Spring Boot. */
    public String javaType() {
        return row.type().javaType();
    }

    /** Returns what it does, in one sentence or two, without the default. */
    public String help() {
        return row.help();
    }

    /**
     * Returns the default as a help text tells it: the value, or words where it follows from other
     * values; empty for the worker models, of which exactly one is set.
     */
    public Optional<String> defaultText() {
        String words = row.defaultText();
        return isModel()
                ? Optional.empty()
                : Optional.of(
                        words != null
                                ? words
                                : SettingValues.textOf(this, WorkerSettings.gevent(1)));
    }

    /** Whether the default is the same whatever else is set. */
    public boolean isDefaultFixed() {
        return !isModel() && row.defaultText() == null;
    }

    /** Returns the value of a flag that stands alone; empty if a flag needs a value. */
    public Optional<String> valueAlone() {
        return Optional.ofNullable(row.aloneText());
    }

    /** Whether the flag may be repeated; the values are then joined by commas. */
    public boolean isRepeatable() {
        return row.repeatable();
    }

    /** Whether this setting takes effect only when a server starts, and not while it runs. */
    public boolean isTakenAtStart() {
        return row.atStart();
    }

    /** Whether this setting means something only to the model gevent, and goes with it. */
    boolean isOfHubs() {
        return row.only() == WorkerModel.GEVENT && !isModel();
    }

    /** Whether it means something to a model. */
    boolean isFor(WorkerModel model) {
        return row.only() == null || row.only() == model;
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
            if (setting.word.equals(word)) {
                return Optional.of(setting);
            }
        }
        return Optional.empty();
    }
}
