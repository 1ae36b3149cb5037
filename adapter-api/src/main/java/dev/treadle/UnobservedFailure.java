package dev.treadle;

import static java.util.Objects.requireNonNull;

import dev.treadle.internal.base.Durations;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Logs the failure of a greenlet if no caller asks for it.
 *
 * <p><b>Protocol.</b> {@code asked} is completed once, and the party that completes it decides: an
 * asker (then nothing is logged), the timer, or the end of workers (each of which then logs). So a
 * failure is either asked for or logged, in whichever order it is asked for and happens. The timer
 * is the JDK's. Only a failure starts it, and a completion by another party cancels it.
 */
final class UnobservedFailure {
    /**
     * Long enough for a request that waits for another call first, short enough for someone who
     * looks at the log of what he has just tried.
     */
    static final Duration ASK_WITHIN = Duration.ofSeconds(10);

    private static final Logger LOG = System.getLogger("dev.treadle.greenlets");

    /** Failures whose {@code asked} is open. */
    private static final Set<UnobservedFailure> OPEN = ConcurrentHashMap.newKeySet();

    private final String greenlet;
    private final Duration askWithin;
    private final CompletableFuture<@Nullable Void> asked = new CompletableFuture<>();
    private volatile @Nullable Throwable thrown;

    UnobservedFailure(String greenlet, Duration askWithin) {
        this.greenlet = greenlet;
        this.askWithin = askWithin;
    }

    /** Someone has got the failure. */
    void asked() {
        asked.complete(null);
    }

    /** The greenlet has failed; to be called once. */
    void happened(Throwable failure) {
        thrown = failure;
        OPEN.add(this);
        // the log on a thread of its own: one that blocks must not hold up the timers of the JDK
        var unused =
                asked.orTimeout(askWithin.toMillis(), TimeUnit.MILLISECONDS)
                        .whenComplete((nothing, late) -> OPEN.remove(this))
                        .exceptionallyAsync(late -> logLate(), Thread::startVirtualThread);
    }

    /**
     * Logs all failures that no caller has asked for so far: the JVM may end before their timers
     * run.
     */
    static void logOpen() {
        for (UnobservedFailure open : OPEN) {
            if (open.asked.complete(null)) {
                open.log("until workers were closed");
            }
        }
    }

    private @Nullable Void logLate() {
        log("within " + Durations.format(askWithin));
        return null;
    }

    private void log(String howLong) {
        LOG.log(
                Level.WARNING,
                greenlet + ": failed, and nobody asked for its outcome " + howLong,
                requireNonNull(thrown, "thrown"));
    }
}
