package dev.treadle.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Puts the value of a setting into a builder, and takes it from the settings. This is not in the
 * rows of {@link Setting}, as two functions for each: the JVM makes a class for each function when
 * the table is read, which takes as long as all else that is done with settings at a start.
 */
final class SettingValues {
    private SettingValues() {}

    /** Reads a text and puts its value into a builder. */
    static void read(Setting setting, String text, WorkerSettings.Builder into)
            throws UnfitValueException {
        set(setting, setting.row().read(text), into);
    }

    /** Returns the value as text. */
    static String textOf(Setting setting, WorkerSettings settings) {
        return setting.row().write(get(setting, settings));
    }

    /** Puts a value into a builder, unchecked. It must be one of the type of the setting. */
    static void set(Setting setting, Object value, WorkerSettings.Builder into) {
        switch (setting) {
            case THREADS -> into.threads((Integer) value);
            case VIRTUAL -> into.virtual((Integer) value);
            case GEVENT -> into.gevent((Integer) value);
            case HUBS -> into.hubs((Integer) value);
            case HUB_LOOP -> into.hubLoop((Boolean) value);
            case HUB_SOCKETS -> into.hubSockets((Boolean) value);
            case LISTEN -> into.listen((Integer) value);
            case QUEUE -> into.queue((Integer) value);
            case QUEUE_TIMEOUT -> into.queueTimeout((Duration) value);
            case QUEUE_ORDER -> into.queueOrder((QueueOrder) value);
            case REFUSE_STATUS -> into.refuseStatus((Integer) value);
            case RETRY_AFTER -> into.retryAfter((Duration) value);
            case PRIORITY_PATH -> {
                List<String> paths = new ArrayList<>();
                for (Object path : (List<?>) value) {
                    paths.add((String) path);
                }
                into.priorityPaths(paths);
            }
            case READY_PATH -> into.readyPath((String) ((Optional<?>) value).orElse(null));
            case LIMIT -> {
                for (Object limit : (List<?>) value) {
                    into.limit((WorkerSettings.LimitDraft) limit);
                }
            }
            case STREAMS -> into.streams((Integer) value);
            case HARAKIRI -> into.harakiri((Duration) ((Optional<?>) value).orElse(null));
            case HARAKIRI_QUEUE_THRESHOLD -> into.harakiriQueueThreshold((Integer) value);
            case MAX_BLOCKING_TIME -> into.maxBlockingTime((Duration) value);
            case RETAKE -> into.retake((Duration) ((Optional<?>) value).orElse(null));
            case DRAIN -> into.drain((Duration) value);
            case DRAIN_DELAY -> into.drainDelay((Duration) value);
            case REUSE_PORT -> into.reusePort((Boolean) value);
        }
    }

    private static Object get(Setting setting, WorkerSettings settings) {
        return switch (setting) {
            case THREADS, VIRTUAL, GEVENT -> settings.limit();
            case HUBS -> settings.hubs();
            case HUB_LOOP -> settings.hubLoop();
            case HUB_SOCKETS -> settings.hubSockets();
            case LISTEN -> settings.listen();
            case QUEUE -> settings.queue();
            case QUEUE_TIMEOUT -> settings.queueTimeout();
            case QUEUE_ORDER -> settings.queueOrder();
            case REFUSE_STATUS -> settings.refuseStatus();
            case RETRY_AFTER -> settings.retryAfter();
            case PRIORITY_PATH -> settings.priorityPaths();
            case READY_PATH -> Optional.ofNullable(settings.readyPath());
            case LIMIT -> {
                List<WorkerSettings.LimitDraft> drafts = new ArrayList<>();
                for (LimitSettings limit : settings.limits()) {
                    drafts.add(WorkerSettings.LimitDraft.of(limit));
                }
                yield drafts;
            }
            case STREAMS -> settings.streams();
            case HARAKIRI -> Optional.ofNullable(settings.harakiri());
            case HARAKIRI_QUEUE_THRESHOLD -> settings.harakiriQueueThreshold();
            case MAX_BLOCKING_TIME -> settings.maxBlockingTime();
            case RETAKE -> Optional.ofNullable(settings.retake());
            case DRAIN -> settings.drain();
            case DRAIN_DELAY -> settings.drainDelay();
            case REUSE_PORT -> settings.reusePort();
        };
    }
}
