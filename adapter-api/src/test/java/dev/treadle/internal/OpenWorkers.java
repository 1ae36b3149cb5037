package dev.treadle.internal;

import dev.treadle.WorkerSettings;
import dev.treadle.Workers;

/** Opens workers of the model that its argument names; for a JVM of its own. */
final class OpenWorkers {
    private OpenWorkers() {}

    /** Prints {@code opened}, or what was thrown. */
    public static void main(String[] args) {
        WorkerSettings settings =
                switch (args[0]) {
                    case "threads" -> WorkerSettings.threads(10);
                    case "virtual" -> WorkerSettings.virtual(10);
                    default -> WorkerSettings.gevent(10);
                };
        try (Workers workers = Workers.open(settings)) {
            System.out.println("opened " + workers.settings().model());
        } catch (IllegalStateException refused) {
            System.out.println(refused);
        }
    }
}
