package dev.treadle.launcher.stats;

import dev.treadle.Workers;
import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.Setting;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** The changes that clients of the stats server ask for. Safe for any thread. */
final class StatsChanges implements AutoCloseable {
    /** Where they are asked for. */
    static final Set<String> PATHS = Set.of("/-/switch", "/-/set", "/-/drain", "/-/resume");

    private static final Logger LOG = System.getLogger("dev.treadle.launcher");
    private static final String SOURCE = "stats";

    /** A drain goes on taking requests for up to half a second if there is a drain-delay. */
    private static final long LONGEST_LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Workers workers;

    /** A drain takes as long as the requests inside. */
    private final ExecutorService drains =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("treadle-stats-drain").factory());

    StatsChanges(Workers workers) {
        this.workers = workers;
    }

    /**
     * Makes a change.
     *
     * @param path one of {@link #PATHS}
     * @param values settings by name, for a switch and a set
     * @return what to tell the client
     * @throws InvalidSettingException if a name or a value is wrong
     * @throws IllegalStateException if the workers are closed
     */
    String apply(String path, Map<String, String> values) {
        LOG.log(Level.INFO, "stats: {0} {1}", path, shown(values));
        return switch (path) {
            case "/-/switch" -> switchTo(values);
            case "/-/set" -> change(values);
            case "/-/drain" -> drain();
            default -> resume();
        };
    }

    /** Only names that are known: the others are the client's words. */
    private static String shown(Map<String, String> values) {
        return values.keySet().stream()
                .filter(name -> Setting.of(name).isPresent())
                .collect(Collectors.joining(", "));
    }

    private String switchTo(Map<String, String> values) {
        if (values.size() != 1
                || Setting.of(values.keySet().iterator().next())
                        .filter(Setting::isModel)
                        .isEmpty()) {
            throw new InvalidSettingException(
                    "switch",
                    String.join(", ", values.keySet()),
                    "one of threads=N, virtual=N and gevent=N");
        }
        return change(values);
    }

    /** One at a time: it reads the settings, and writes them. */
    private synchronized String change(Map<String, String> values) {
        if (values.isEmpty()) {
            throw new InvalidSettingException("set", "", "settings, such as queue-timeout=5s");
        }
        workers.switchTo(workers.settings().changed(SOURCE, values));
        return workers.settings().summary() + "\n";
    }

    /** Returns once no more requests are taken, so that a resume after it comes after it. */
    private synchronized String drain() {
        Future<?> drain =
                drains.submit(() -> {
                    try {
                        workers.drain(workers.settings().drain());
                    } catch (InterruptedException closed) {
                        Thread.currentThread().interrupt();
                    } catch (RuntimeException broken) {
                        LOG.log(Level.WARNING, "stats: the drain failed", broken);
                    }
                });
        long end = System.nanoTime() + LONGEST_LINGER_NANOS;
        while (!workers.stats().gate().draining()
                && !drain.isDone()
                && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return "draining: no new requests are taken; "
                + workers.stats().gate().active()
                + " are inside\n";
    }

    private synchronized String resume() {
        workers.resume();
        return "requests are taken again\n";
    }

    @Override
    public void close() {
        drains.shutdownNow();
    }
}
