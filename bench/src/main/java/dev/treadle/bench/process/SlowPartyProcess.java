package dev.treadle.bench.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The slow third party that servers ask. */
public final class SlowPartyProcess extends ChildProcess {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /**
     * Starts the third party.
     *
     * @param command a {@code ClientMain slow-party} with its JVM
     * @param errors a file for its standard error
     */
    public SlowPartyProcess(List<String> command, Path errors)
            throws IOException, InterruptedException {
        super("third party", command, errors);
    }

    /**
     * From now on its delay is that of the phases, for all questions; after the last phase the
     * delay of that phase stays.
     */
    public void follow(List<Phase> phases) throws IOException, InterruptedException {
        String steps = Phase.words(phases, phase -> phase.latency().toMillis());
        String unused = order("plan steps=" + steps, PATIENCE);
    }
}
