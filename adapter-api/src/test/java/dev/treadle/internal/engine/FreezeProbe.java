package dev.treadle.internal.engine;

import java.time.Duration;
import java.util.Collections;

/**
 * The JVM of a freeze: in each round a greenlet on every hub blocks until another greenlet ends
 * that. Prints {@code BEGUN}, {@code frozen} and a line with the longest wait for each round, the
 * {@link Oversleep}, and {@code ENDED}.
 */
final class FreezeProbe {
    private FreezeProbe() {}

    /**
     * Runs the rounds.
     *
     * @param arguments freezing, scheduling, number of hubs, number of rounds
     */
    public static void main(String[] arguments) throws InterruptedException {
        Freezing freezing = Freezing.valueOf(arguments[0]);
        int hubs = Integer.parseInt(arguments[2]);
        Scheduling.Opened scheduler = Scheduling.valueOf(arguments[1]).open(hubs);
        Oversleep oversleep = new Oversleep();
        System.out.println("BEGUN");
        for (int left = Integer.parseInt(arguments[3]); left > 0; left--) {
            FrozenHubs frozen =
                    new FrozenHubs(
                            freezing.on(scheduler.greenlets()),
                            scheduler.greenlets(),
                            scheduler.held(),
                            hubs);
            frozen.freeze();
            System.out.println("frozen");
            Duration longest = Collections.max(frozen.awaitEnd());
            System.out.println("ROUND " + longest.toNanos());
        }
        System.out.println(oversleep.line());
        ProbeJvm.end();
    }
}
