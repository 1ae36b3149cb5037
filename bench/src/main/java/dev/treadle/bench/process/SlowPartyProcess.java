package dev.treadle.bench.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The slow third party that servers ask. */
public final class SlowPartyProcess extends ChildProcess {
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
}
