package dev.treadle.internal.hub;

import dev.treadle.Workers;
import dev.treadle.settings.WorkerSettings;

/**
 * Opens workers of the model that its argument names, if a second one says so on a virtual thread;
 * for a JVM of its own.
 */
final class OpenWorkers {
    private OpenWorkers() {}

    /** Prints {@code opened}, or what was thrown. */
    public static void main(String[] args) throws InterruptedException {
        if (args.length > 1) {
            Thread.startVirtualThread(() -> open(args[0])).join();
        } else {
            open(args[0]);
        }
    }

    private static void open(String model) {
        WorkerSettings settings =
                switch (model) {
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
