package dev.treadle.internal.gate;

import dev.treadle.internal.base.PathPattern;
import dev.treadle.internal.base.RequestPath;
import dev.treadle.settings.LimitSettings;
import dev.treadle.settings.QueueOrder;
import dev.treadle.settings.WorkerSettings;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The gate's rules by path, and its answer to refused requests. Immutable: a change of settings
 * replaces the whole record. The limiter of a limit moves to the next record, so requests inside
 * stay counted.
 *
 * @param contexts where the applications are; they outlive a change of the settings
 * @param former limits that were removed. Requests may still be inside, and a drain closes these
 *     limits too. Their counters are kept, and the same pattern finds its limiter again
 */
record GatePolicy(
        ContextPaths contexts,
        List<PathPattern> priorities,
        @Nullable PathPattern readyPath,
        List<PathLimit> limits,
        List<PathLimit> former,
        int refuseStatus,
        int retryAfterSeconds) {
    static final int UNAVAILABLE = 503;

    static final GatePolicy DEFAULT =
            new GatePolicy(
                    ContextPaths.ROOT,
                    List.of(),
                    null,
                    List.of(),
                    List.of(),
                    UNAVAILABLE,
                    WorkerSettings.virtual(1).retryAfterSeconds());

    /**
     * Returns the policy of these settings.
     *
     * @param shut whether the gate is shut: its new limits are then shut too
     */
    GatePolicy changed(WorkerSettings settings, Limiter.QueueListener listener, boolean shut) {
        List<PathLimit> next = new ArrayList<>();
        for (LimitSettings limit : settings.limits()) {
            if (limit.isPath()) {
                next.add(limit(limit, settings.queueOrder(), listener, shut));
            }
        }
        List<PathLimit> left = new ArrayList<>();
        forEachLimit(old -> {
            if (next.stream().noneMatch(kept -> kept.isNamedAs(old.settings()))) {
                old.lift();
                left.add(old);
            }
        });
        String ready = settings.readyPath();
        return new GatePolicy(
                contexts,
                settings.priorityPaths().stream().map(PathPattern::parse).toList(),
                ready == null ? null : PathPattern.exact(ready),
                List.copyOf(next),
                List.copyOf(left),
                settings.refuseStatus(),
                settings.retryAfterSeconds());
    }

    /** Returns the same policy for applications at other places. */
    GatePolicy at(ContextPaths places) {
        return new GatePolicy(
                places, priorities, readyPath, limits, former, refuseStatus, retryAfterSeconds);
    }

    /** Whether the gate itself answers a request with this path. */
    boolean isReadyPath(String path) {
        return readyPath != null && contexts.matches(readyPath, path);
    }

    private PathLimit limit(
            LimitSettings wanted, QueueOrder order, Limiter.QueueListener listener, boolean shut) {
        List<PathLimit> known = new ArrayList<>();
        forEachLimit(known::add);
        for (PathLimit present : known) {
            if (present.isNamedAs(wanted)) {
                return present.changed(wanted, order);
            }
        }
        PathLimit made = PathLimit.of(wanted, listener).changed(wanted, order);
        if (shut) {
            made.limiter().shut();
        }
        return made;
    }

    /**
     * Whether a request with this path passes the gate. One whose path has a second form never
     * does: the application may see the other one.
     */
    boolean hasPriority(String path) {
        for (int i = 0; i < priorities.size(); i++) {
            if (contexts.matches(priorities.get(i), path)) {
                return RequestPath.isPlain(path);
            }
        }
        return false;
    }

    /**
     * Returns the limit whose pattern fits the path or another form of it, the first of several in
     * the order of the settings.
     */
    @Nullable PathLimit limitOf(String path) {
        if (limits.isEmpty()) {
            return null;
        }
        return RequestPath.isPlain(path) ? limitOfPlain(path) : limitOfAny(RequestPath.forms(path));
    }

    private @Nullable PathLimit limitOfPlain(String path) {
        for (int i = 0; i < limits.size(); i++) {
            if (contexts.matches(limits.get(i).pattern(), path)) {
                return limits.get(i);
            }
        }
        return null;
    }

    private @Nullable PathLimit limitOfAny(List<String> forms) {
        for (PathLimit limit : limits) {
            if (forms.stream().anyMatch(form -> contexts.matches(limit.pattern(), form))) {
                return limit;
            }
        }
        return null;
    }

    void forEachLimit(Consumer<PathLimit> action) {
        limits.forEach(action);
        former.forEach(action);
    }
}
