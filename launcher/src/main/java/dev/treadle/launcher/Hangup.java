package dev.treadle.launcher;

import dev.treadle.launcher.host.StartFailedException;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The actions that SIGHUP asks for, by the options they belong to. */
final class Hangup {
    // of the thread that starts the server, until the handler is set
    private final Map<String, Runnable> actions = new LinkedHashMap<>();
    private final List<Runnable> others = new ArrayList<>();

    /**
     * Adds an action.
     *
     * @param option that it belongs to
     */
    Hangup on(String option, Runnable action) {
        actions.put(option, action);
        return this;
    }

    /** Adds an action that is not missed where there is no signal. */
    Hangup also(Runnable action) {
        others.add(action);
        return this;
    }

    /**
     * From now on SIGHUP runs the actions. A server that has none goes on at SIGHUP, as a daemon
     * does.
     *
     * @throws StartFailedException if there are actions and this JVM cannot handle the signal
     */
    void handle() {
        Signals.Outcome outcome = Signals.handle("HUP", this::run);
        if (actions.isEmpty()) {
            return; // nothing is missing if the signal is ignored or ends the process
        }
        String options = String.join(", ", actions.keySet());
        switch (outcome) {
            case HANDLED -> {}
            case IGNORED ->
                    Console.warn(
                            "SIGHUP is ignored by who started this (nohup?), so it does nothing for "
                                    + options
                                    + "; start it with: env --default-signal=HUP");
            case UNAVAILABLE ->
                    throw new StartFailedException(
                            options
                                    + ": SIGHUP cannot be handled on this JVM (expected: the module"
                                    + " jdk.unsupported, and no -Xrs)",
                            null);
        }
    }

    private void run() {
        if (actions.isEmpty() && others.isEmpty()) {
            Console.warn(
                    "SIGHUP: nothing to read again (expected: treadle --config FILE) or to reload"
                            + " (expected: --touch-reload FILE); the server goes on as it is");
        }
        actions.values().forEach(Runnable::run);
        others.forEach(Runnable::run);
    }
}
