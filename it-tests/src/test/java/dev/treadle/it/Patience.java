package dev.treadle.it;

import java.time.Duration;

/** How long tests wait for what comes for certain. */
final class Patience {
    /**
     * A guard against waits for ever, and no measure of anything: a machine that builds four
     * modules at a time has taken more than two minutes for the start of a Boot application.
     */
    static final Duration PATIENCE = Duration.ofMinutes(5);

    private Patience() {}
}
