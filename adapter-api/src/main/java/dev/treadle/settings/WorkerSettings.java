package dev.treadle.settings;

import static java.util.Objects.requireNonNull;

import dev.treadle.internal.base.Durations;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Everything that decides how requests run and how many at a time: immutable, and checked once,
 * where it is built.
 *
 * <p>Build it in code, {@code WorkerSettings.gevent(1000)} or {@code
 * WorkerSettings.builder().gevent(1000).hubs(1).build()}, or from text with {@link #resolve}. Safe
 * for any thread.
 *
 * @param model how requests run
 * @param limit N: how many requests may be inside the application at a time, [1, 10,000,000]; the
 *     same for all models
 * @param hubs how many hubs carry the greenlets, [1, 1,024]; default the number of cores; 1 gives
 *     the strict semantics of gevent for the whole server; 0 if and only if the model is not {@link
 *     WorkerModel#GEVENT}
 * @param hubLoop whether the event loops of the container carry the hubs, loop and greenlets on one
 *     OS thread; default true; if that is not possible the hubs have threads of their own, and the
 *     start line gives the reason; false if the model is not {@link WorkerModel#GEVENT}
 * @param hubSockets whether each hub polls the sockets that its greenlets wait for, in place of the
 *     JDK's pollers; default false; it needs hubs that event loops carry, JDK 24 or newer, and
 *     {@code java.base/sun.nio.ch} open to Treadle; if that is not so the JDK polls, and the start
 *     line gives the reason; false if the model is not {@link WorkerModel#GEVENT}
 * @param listen the accept backlog of the listening socket, [1, 10,000,000]; default the greater of
 *     1,024 and N. The kernel caps it at {@code net.core.somaxconn}
 * @param queue how many requests may wait in the queue at the gate, [0, 10,000,000]; default N; 0:
 *     none waits, the request over N is refused at once
 * @param queueTimeout how long one request may wait in the queue before it is refused, [1 ms, 30
 *     days]: in the queue of an inner limit by path and in the queue of the gate together; default
 *     10 s
 * @param queueOrder the order in which requests in the queue are admitted; default first in, first
 *     out
 * @param refuseStatus the HTTP status of a request that is refused because of load, [400, 599];
 *     default 503. One that is refused because of a stop always gets 503
 * @param retryAfter how long a refused client is told to wait ({@code Retry-After}), whole seconds,
 *     [0, 30 days]; default 1 s; 0: nothing is told
 * @param priorityPaths paths that pass the gate and are not counted in N, such as those of health
 *     probes: {@code /healthz} is that path, {@code /healthz/*} all at and below it; suffixes and
 *     {@code /* } are not taken. At most {@link #priorityLimit} such requests are inside at a time:
 *     one more is treated as any other request. So is one whose path is written in another way,
 *     with {@code //}, {@code /../}, parameters or encoded. It is the path inside the application,
 *     as servlets are mapped, or the whole path. Default none
 * @param readyPath a path that the gate answers itself, in front of the application: 200 while
 *     requests are taken, 503 from the first moment of a stop; null (the default): none
 * @param limits inner limits, by path or by name; the first pattern that fits a path counts;
 *     default none
 * @param streams how many event streams (answers of the type {@code text/event-stream}) may be open
 *     besides the N, [0, 10,000,000]; default 10 times N. A request becomes a stream, and gives its
 *     place of the N back, when the first bytes of its answer go out or when it goes on without a
 *     thread; if there are as many already it is refused. Harakiri does not end streams, and a
 *     drain does so as soon as no other request is inside. 0: event streams are counted in N, and
 *     treated, as all other requests are
 * @param harakiri the longest a request may run, [1 ms, 30 days]; null (the default): no limit
 * @param harakiriQueueThreshold a request that runs too long is interrupted only while more
 *     requests than this wait in the queue, [0, 10,000,000]; 0 (the default): always, as in uWSGI
 * @param maxBlockingTime a slice longer than this is reported in the log with its request and its
 *     stack, [1 ms, 30 days]; default 100 ms, as in gevent
 * @param retake a hub held in one slice for longer than this with work waiting goes to a spare
 *     carrier, [1 ms, 30 days]; default 5 ms; null: never, which is the strict semantics of gevent
 * @param drain the grace that running requests get at a stop, [0, 30 days]; default 25 s less
 *     {@code drainDelay}, at least 5 s: a stop then takes up to 27 s, which is less than the 30 s
 *     after which Kubernetes kills a container; 0: none
 * @param drainDelay how long a stop still takes requests after it has announced itself ({@code
 *     readyPath}, {@code Connection: close}), so that load balancers notice, [0, 30 days]; default
 *     0
 * @param reusePort whether another process may listen on the same port as this one ({@code
 *     SO_REUSEPORT}), for a rolling restart; default false
 * @param sources the source of each setting that was set, such as {@code flag --gevent}; settings
 *     that are not in it have their defaults
 * @since 0.2.0
 */
public record WorkerSettings(
        WorkerModel model,
        int limit,
        int hubs,
        boolean hubLoop,
        boolean hubSockets,
        int listen,
        int queue,
        Duration queueTimeout,
        QueueOrder queueOrder,
        int refuseStatus,
        Duration retryAfter,
        List<String> priorityPaths,
        @Nullable String readyPath,
        List<LimitSettings> limits,
        int streams,
        @Nullable Duration harakiri,
        int harakiriQueueThreshold,
        Duration maxBlockingTime,
        @Nullable Duration retake,
        Duration drain,
        Duration drainDelay,
        boolean reusePort,
        Map<Setting, String> sources) {

    /** The greatest N, queue and backlog that are taken: 10,000,000. */
    public static final int MAX_COUNT = 10_000_000;

    /** The greatest number of hubs that is taken: 1,024. */
    public static final int MAX_HUBS = 1_024;

    /** The N of {@code --virtual} without a number: 1,000. */
    public static final int DEFAULT_VIRTUAL = 1_000;

    /** The longest duration that is taken: 30 days. */
    public static final Duration MAX_DURATION = Duration.ofDays(30);

    private static final int STREAMS_EACH_PLACE = 10;
    private static final int LEAST_PRIORITY = 16;
    private static final int PRIORITY_SHARE = 10;
    static final Duration MIN_DURATION = Duration.ofMillis(1);

    /**
     * Delay and grace of a stop together, if the grace is not set. Kubernetes kills a container 30
     * s after SIGTERM (terminationGracePeriodSeconds), and a stop may last 2 s longer than its
     * grace.
     */
    private static final Duration DEFAULT_STOP = Duration.ofSeconds(25);

    private static final Duration LEAST_DEFAULT_DRAIN = Duration.ofSeconds(5);
    static final int MIN_STATUS = 400;
    static final int MAX_STATUS = 599;
    private static final int DEFAULT_REFUSE_STATUS = 503;
    private static final int DEFAULT_RETRY_AFTER_SECONDS = 1;

    /**
     * @throws InvalidSettingException if a value is out of its range; the message names it as
     *     {@code sources} does
     */
    public WorkerSettings {
        requireNonNull(model, "model");
        requireNonNull(queueTimeout, "queueTimeout");
        requireNonNull(maxBlockingTime, "maxBlockingTime");
        requireNonNull(drain, "drain");
        requireNonNull(queueOrder, "queueOrder");
        requireNonNull(retryAfter, "retryAfter");
        requireNonNull(drainDelay, "drainDelay");
        priorityPaths = List.copyOf(priorityPaths);
        limits = List.copyOf(limits);
        sources =
                Collections.unmodifiableMap(
                        sources.isEmpty() ? new EnumMap<>(Setting.class) : new EnumMap<>(sources));
        require(sources, settingOf(model), limit);
        if (model == WorkerModel.GEVENT) {
            require(sources, Setting.HUBS, hubs);
        } else if (hubs != 0) {
            throw new InvalidSettingException(
                    label(sources, Setting.HUBS),
                    String.valueOf(hubs),
                    "only together with gevent; the model is " + model);
        }
        if (model != WorkerModel.GEVENT && hubLoop) {
            throw new InvalidSettingException(
                    label(sources, Setting.HUB_LOOP),
                    "on",
                    "only together with gevent; the model is " + model);
        }
        if (model != WorkerModel.GEVENT && hubSockets) {
            throw new InvalidSettingException(
                    label(sources, Setting.HUB_SOCKETS),
                    "on",
                    "only together with gevent; the model is " + model);
        }
        require(sources, Setting.LISTEN, listen);
        require(sources, Setting.QUEUE, queue);
        require(sources, Setting.STREAMS, streams);
        require(sources, Setting.QUEUE_TIMEOUT, queueTimeout);
        require(sources, Setting.HARAKIRI, Optional.ofNullable(harakiri));
        require(sources, Setting.MAX_BLOCKING_TIME, maxBlockingTime);
        require(sources, Setting.RETAKE, Optional.ofNullable(retake));
        require(sources, Setting.DRAIN, drain);
        require(sources, Setting.DRAIN_DELAY, drainDelay);
        require(sources, Setting.REFUSE_STATUS, refuseStatus);
        require(sources, Setting.HARAKIRI_QUEUE_THRESHOLD, harakiriQueueThreshold);
        require(sources, Setting.RETRY_AFTER, retryAfter);
        require(sources, Setting.PRIORITY_PATH, priorityPaths);
        require(sources, Setting.READY_PATH, Optional.ofNullable(readyPath));
        requireDifferentNames(limits, label(sources, Setting.LIMIT));
        requireWithin(queueTimeout, limits, label(sources, Setting.LIMIT));
    }

    /**
     * A longer wait for a limit by path would have no effect: the gate's time is for both queues.
     */
    private static void requireWithin(
            Duration queueTimeout, List<LimitSettings> limits, String label) {
        for (LimitSettings limit : limits) {
            if (limit.isPath() && limit.queueTimeout().compareTo(queueTimeout) > 0) {
                throw new InvalidSettingException(
                        label,
                        limit.toString(),
                        "a wait of at most queue-timeout, which is "
                                + Durations.format(queueTimeout)
                                + " and counts for both queues; set queue-timeout="
                                + Durations.format(limit.queueTimeout())
                                + ", or shorten the wait");
            }
        }
    }

    private static void requireDifferentNames(List<LimitSettings> limits, String label) {
        Set<String> names = new HashSet<>();
        for (LimitSettings limit : limits) {
            if (!names.add(limit.name())) {
                throw new InvalidSettingException(
                        label, limit.toString(), "each pattern or name once; leave one out");
            }
        }
    }

    /** Returns the settings for N platform threads, all else at its default. */
    public static WorkerSettings threads(int n) {
        return builder().threads(n).build();
    }

    /**
     * Returns the settings for at most N requests at a time on virtual threads, all else at its
     * default.
     */
    public static WorkerSettings virtual(int n) {
        return builder().virtual(n).build();
    }

    /**
     * Returns the settings for at most N requests at a time on greenlets, all else at its default.
     */
    public static WorkerSettings gevent(int n) {
        return builder().gevent(n).build();
    }

    /** Returns a builder with every setting at its default and no model yet. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Layers sources: a setting in a later source replaces the same one of an earlier source. The
     * model and its number of hubs go together: a source that names a model also replaces the
     * {@code hubs} of earlier sources.
     *
     * @param rising the sources from weakest to strongest, usually property file, environment,
     *     system properties, flags
     * @throws InvalidSettingException if a value cannot be read or is out of its range, if a source
     *     names two models, if {@code hubs} goes with a model that has none, or if no source names
     *     a model
     */
    public static WorkerSettings resolve(List<SettingsSource> rising) {
        return SettingsResolver.resolve(rising);
    }

    /**
     * Returns how many requests of priority paths are inside at a time besides {@code n} others:
     * one tenth of {@code n}, at least 16. That is enough for health probes from many sources, and
     * still a limit.
     */
    public static int priorityLimit(int n) {
        return Math.max(LEAST_PRIORITY, n / PRIORITY_SHARE);
    }

    /** Returns how many event streams may be open besides {@code n} requests by default. */
    private static int defaultStreams(int n) {
        return (int) Math.min(MAX_COUNT, (long) STREAMS_EACH_PLACE * n);
    }

    /**
     * Returns how many requests may be here at a time: inside, in the queue, or as event streams.
     * Those of priority paths come besides.
     */
    public long requestsAtOnce() {
        return (long) limit + queue + streams;
    }

    static Setting settingOf(WorkerModel model) {
        return switch (model) {
            case THREADS -> Setting.THREADS;
            case VIRTUAL -> Setting.VIRTUAL;
            case GEVENT -> Setting.GEVENT;
        };
    }

    /**
     * Returns the time a refused client is asked to wait, in whole seconds, as the header {@code
     * Retry-After} has it; 0: there is none.
     */
    public int retryAfterSeconds() {
        return (int) retryAfter.toSeconds();
    }

    /**
     * Returns one line of words for logs: model, N, hubs, and their source, such as {@code gevent
     * 1000 on 2 hubs}.
     */
    public String summary() {
        String hubWords = hubs == 0 ? "" : " on " + hubs + (hubs == 1 ? " hub" : " hubs");
        return model + " " + limit + hubWords;
    }

    /**
     * Returns every effective value with its origin, one {@code name=value (origin)} each, in the
     * order of the names.
     */
    public List<String> describe() {
        List<String> lines = new ArrayList<>();
        texts().forEach((setting, value) -> {
            String origin = sources.get(setting);
            lines.add(
                    setting.word()
                            + "="
                            + value
                            + " ("
                            + (origin == null ? "default" : origin)
                            + ")");
        });
        return List.copyOf(lines);
    }

    /** Every effective value as text that would be read as the same value. */
    private Map<Setting, String> texts() {
        Map<Setting, String> texts = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            if (setting.isFor(model)) {
                texts.put(setting, SettingValues.textOf(setting, this));
            }
        }
        return texts;
    }

    /** Returns the effective value of a setting as text; null for one of other models. */
    public @Nullable String text(Setting setting) {
        return texts().get(setting);
    }

    /**
     * Returns these settings with some changed. Settings that were not set explicitly get their
     * default from the new values: the default length of the queue is the new N.
     *
     * @param origin the source of the change, such as {@code JMX}
     * @param changes value by plain name, such as {@code queue-timeout}
     * @throws InvalidSettingException if a name is not known, or a value cannot be read or is out
     *     of its range
     */
    public WorkerSettings changed(String origin, Map<String, String> changes) {
        SettingsSource changed = SettingsSource.changes(origin, changes);
        Map<Setting, String> values = texts();
        values.keySet().retainAll(sources.keySet());
        Map<Setting, String> origins = new EnumMap<>(sources);
        boolean otherModel =
                changed.settings().stream()
                        .anyMatch(setting -> setting.isModel() && setting != settingOf(model));
        if (otherModel) {
            values.keySet().removeIf(setting -> setting.isModel() || setting.isOfHubs());
        }
        for (Setting setting : changed.settings()) {
            changed.value(setting).ifPresent(value -> values.put(setting, value));
            origins.put(setting, changed.origin(setting));
        }
        return resolve(List.of(SettingsSource.present(values, origins)));
    }

    private static void require(Map<Setting, String> sources, Setting setting, Object value) {
        try {
            setting.row().require(value);
        } catch (UnfitValueException unfit) {
            throw new InvalidSettingException(
                    label(sources, setting), setting.row().write(value), unfit.expected());
        }
    }

    static boolean inRange(Duration value, Duration min) {
        return value.compareTo(min) >= 0 && value.compareTo(MAX_DURATION) <= 0;
    }

    /** Returns the text of the error for each bad duration: out of range, or no duration. */
    static String expectedDuration(Duration min) {
        return "a duration from "
                + Durations.format(min)
                + " to "
                + Durations.format(MAX_DURATION)
                + ", such as 10s, 500ms or 2m; a bare number is seconds";
    }

    private static String label(Map<Setting, String> sources, Setting setting) {
        String origin = sources.get(setting);
        return origin == null ? setting.word() : origin;
    }

    /** A limit as text; parts that are left out follow from the rest. */
    record LimitDraft(
            String name, int limit, @Nullable Integer queue, @Nullable Duration queueTimeout) {
        LimitSettings complete(Duration gateTimeout) {
            return new LimitSettings(
                    name,
                    limit,
                    queue != null ? queue : limit,
                    queueTimeout != null ? queueTimeout : gateTimeout);
        }

        static LimitDraft of(LimitSettings limit) {
            return new LimitDraft(limit.name(), limit.limit(), limit.queue(), limit.queueTimeout());
        }

        /** Returns it as settings write it, such as {@code /checkout/*=50:50:10s}. */
        @Override
        public String toString() {
            return name
                    + "="
                    + limit
                    + (queue == null ? "" : ":" + queue)
                    + (queueTimeout == null ? "" : ":" + Durations.format(queueTimeout));
        }
    }

    /** Builds {@link WorkerSettings}. Not safe for use by several threads at once. */
    public static final class Builder {
        private @Nullable WorkerModel model;
        private int limit;
        private @Nullable Integer hubs;
        private @Nullable Boolean hubLoop;
        private boolean hubSockets;
        private @Nullable Integer listen;
        private @Nullable Integer queue;
        private Duration queueTimeout = Duration.ofSeconds(10);
        private QueueOrder queueOrder = QueueOrder.FIFO;
        private int refuseStatus = DEFAULT_REFUSE_STATUS;
        private Duration retryAfter = Duration.ofSeconds(DEFAULT_RETRY_AFTER_SECONDS);
        private List<String> priorityPaths = List.of();
        private @Nullable String readyPath;
        private final List<LimitDraft> limits = new ArrayList<>();
        private @Nullable Integer streams;
        private @Nullable Duration harakiri;
        private int harakiriQueueThreshold;
        private Duration maxBlockingTime = Duration.ofMillis(100);
        private @Nullable Duration retake = Duration.ofMillis(5);
        private @Nullable Duration drain;
        private Duration drainDelay = Duration.ZERO;
        private boolean reusePort;
        private final Map<Setting, String> sources = new EnumMap<>(Setting.class);

        private Builder() {}

        /**
         * Takes N platform threads as the model.
         *
         * @throws IllegalStateException if a model was chosen before
         */
        public Builder threads(int n) {
            return model(WorkerModel.THREADS, n);
        }

        /**
         * Takes virtual threads as the model, N at a time.
         *
         * @throws IllegalStateException if a model was chosen before
         */
        public Builder virtual(int n) {
            return model(WorkerModel.VIRTUAL, n);
        }

        /**
         * Takes greenlets as the model, N at a time.
         *
         * @throws IllegalStateException if a model was chosen before
         */
        public Builder gevent(int n) {
            return model(WorkerModel.GEVENT, n);
        }

        Builder model(WorkerModel chosen, int n) {
            if (model != null) {
                throw new IllegalStateException(
                        "worker model: " + model + " and " + chosen + " (expected: exactly one)");
            }
            model = chosen;
            limit = n;
            return set(settingOf(chosen));
        }

        /** Sets {@link WorkerSettings#hubs}. */
        public Builder hubs(int count) {
            hubs = count;
            return set(Setting.HUBS);
        }

        /** Sets {@link WorkerSettings#hubLoop}. */
        public Builder hubLoop(boolean on) {
            hubLoop = on;
            return set(Setting.HUB_LOOP);
        }

        /** Sets {@link WorkerSettings#hubSockets}. */
        public Builder hubSockets(boolean on) {
            hubSockets = on;
            return set(Setting.HUB_SOCKETS);
        }

        /** Sets {@link WorkerSettings#listen}. */
        public Builder listen(int backlog) {
            listen = backlog;
            return set(Setting.LISTEN);
        }

        /** Sets {@link WorkerSettings#queue}. */
        public Builder queue(int length) {
            queue = length;
            return set(Setting.QUEUE);
        }

        /** Sets {@link WorkerSettings#queueTimeout}. */
        public Builder queueTimeout(Duration longest) {
            queueTimeout = requireNonNull(longest, "queueTimeout");
            return set(Setting.QUEUE_TIMEOUT);
        }

        /** Sets {@link WorkerSettings#queueOrder}. */
        public Builder queueOrder(QueueOrder order) {
            queueOrder = requireNonNull(order, "queueOrder");
            return set(Setting.QUEUE_ORDER);
        }

        /** Sets {@link WorkerSettings#refuseStatus}. */
        public Builder refuseStatus(int status) {
            refuseStatus = status;
            return set(Setting.REFUSE_STATUS);
        }

        /** Sets {@link WorkerSettings#retryAfter}. */
        public Builder retryAfter(Duration wait) {
            retryAfter = requireNonNull(wait, "retryAfter");
            return set(Setting.RETRY_AFTER);
        }

        /** Sets {@link WorkerSettings#priorityPaths}. */
        public Builder priorityPaths(List<String> patterns) {
            priorityPaths = List.copyOf(patterns);
            return set(Setting.PRIORITY_PATH);
        }

        /** Sets {@link WorkerSettings#readyPath}; null: none. */
        public Builder readyPath(@Nullable String path) {
            readyPath = path;
            return set(Setting.READY_PATH);
        }

        /**
         * Adds one of {@link WorkerSettings#limits}, with a queue as long as the limit and the time
         * in the queue of the gate.
         *
         * @param name a path pattern such as {@code /checkout/*}, or a plain name
         */
        public Builder limit(String name, int limit) {
            return limit(new LimitDraft(name, limit, null, null));
        }

        /**
         * Adds one of {@link WorkerSettings#limits}.
         *
         * @param name a path pattern such as {@code /checkout/*}, or a plain name
         */
        public Builder limit(String name, int limit, int queueLength, Duration longest) {
            return limit(
                    new LimitDraft(
                            name, limit, queueLength, requireNonNull(longest, "queueTimeout")));
        }

        Builder limit(LimitDraft draft) {
            limits.add(draft);
            return set(Setting.LIMIT);
        }

        /** Sets {@link WorkerSettings#streams}. */
        public Builder streams(int most) {
            streams = most;
            return set(Setting.STREAMS);
        }

        /** Sets {@link WorkerSettings#harakiri}; null: off. */
        public Builder harakiri(@Nullable Duration longest) {
            harakiri = longest;
            return set(Setting.HARAKIRI);
        }

        /** Sets {@link WorkerSettings#harakiriQueueThreshold}. */
        public Builder harakiriQueueThreshold(int waiting) {
            harakiriQueueThreshold = waiting;
            return set(Setting.HARAKIRI_QUEUE_THRESHOLD);
        }

        /** Sets {@link WorkerSettings#maxBlockingTime}. */
        public Builder maxBlockingTime(Duration longest) {
            maxBlockingTime = requireNonNull(longest, "maxBlockingTime");
            return set(Setting.MAX_BLOCKING_TIME);
        }

        /** Sets {@link WorkerSettings#retake}; null: off. */
        public Builder retake(@Nullable Duration after) {
            retake = after;
            return set(Setting.RETAKE);
        }

        /** Sets {@link WorkerSettings#drain}. */
        public Builder drain(Duration grace) {
            drain = requireNonNull(grace, "drain");
            return set(Setting.DRAIN);
        }

        /** Sets {@link WorkerSettings#drainDelay}. */
        public Builder drainDelay(Duration delay) {
            drainDelay = requireNonNull(delay, "drainDelay");
            return set(Setting.DRAIN_DELAY);
        }

        /** Sets {@link WorkerSettings#reusePort}. */
        public Builder reusePort(boolean on) {
            reusePort = on;
            return set(Setting.REUSE_PORT);
        }

        private Builder set(Setting setting) {
            return source(setting, "code " + setting.word());
        }

        Builder source(Setting setting, String origin) {
            sources.put(setting, origin);
            return this;
        }

        /**
         * Checks everything and builds the settings.
         *
         * @throws IllegalStateException if no model was chosen
         * @throws InvalidSettingException if a value is out of its range
         */
        public WorkerSettings build() {
            if (model == null) {
                throw new IllegalStateException(
                        "worker model: none (expected: exactly one of threads, virtual and gevent)");
            }
            int cores = Math.min(Runtime.getRuntime().availableProcessors(), MAX_HUBS);
            int defaultHubs = model == WorkerModel.GEVENT ? cores : 0;
            return new WorkerSettings(
                    model,
                    limit,
                    hubs != null ? hubs : defaultHubs,
                    hubLoop != null ? hubLoop : model == WorkerModel.GEVENT,
                    hubSockets,
                    listen != null ? listen : Math.max(1_024, limit),
                    queue != null ? queue : limit,
                    queueTimeout,
                    queueOrder,
                    refuseStatus,
                    retryAfter,
                    priorityPaths,
                    readyPath,
                    completeLimits(),
                    streams != null ? streams : defaultStreams(limit),
                    harakiri,
                    harakiriQueueThreshold,
                    maxBlockingTime,
                    retake,
                    drain != null ? drain : defaultDrain(drainDelay),
                    drainDelay,
                    reusePort,
                    sources);
        }

        private List<LimitSettings> completeLimits() {
            List<LimitSettings> complete = new ArrayList<>();
            for (LimitDraft draft : limits) {
                complete.add(draft.complete(queueTimeout));
            }
            return complete;
        }

        private static Duration defaultDrain(Duration delay) {
            Duration left = DEFAULT_STOP.minus(delay);
            return left.compareTo(LEAST_DEFAULT_DRAIN) < 0 ? LEAST_DEFAULT_DRAIN : left;
        }
    }
}
