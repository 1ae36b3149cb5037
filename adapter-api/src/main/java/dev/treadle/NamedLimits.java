package dev.treadle;

import dev.treadle.internal.engine.Engine;
import dev.treadle.settings.LimitSettings;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.stats.LimitStats;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The inner limits that code has asked for by name. Safe for any thread. */
final class NamedLimits {
    private final Map<String, Limit> limits = new ConcurrentHashMap<>();
    private final Engine engine;

    NamedLimits(Engine engine) {
        this.engine = engine;
    }

    /**
     * Returns the limit of that name; made of {@code settings} if those name it, else as wanted.
     */
    Limit get(LimitSettings wanted, WorkerSettings settings) {
        return limits.computeIfAbsent(
                wanted.name(),
                name ->
                        new Limit(
                                settings.limits().stream()
                                        .filter(set -> set.name().equals(name))
                                        .findFirst()
                                        .orElse(wanted),
                                engine));
    }

    /** Takes other numbers for those that the settings name; the others keep what they have. */
    void change(WorkerSettings settings) {
        for (LimitSettings limit : settings.limits()) {
            Limit known = limits.get(limit.name());
            if (known != null) {
                known.change(limit);
            }
        }
    }

    /** Returns the limit of that name, if code has asked for it. */
    Optional<Limit> known(String name) {
        return Optional.ofNullable(limits.get(name));
    }

    List<LimitStats> stats() {
        return limits.values().stream().map(Limit::stats).toList();
    }
}
