package dev.treadle.launcher.provision;

import java.io.IOException;
import java.nio.file.Path;

/** Converts WARs of {@code javax.servlet}. Implemented in a class loader of its own. */
public interface Migrator {
    /**
     * Writes a converted copy.
     *
     * @param from the WAR
     * @param to a file that does not exist yet
     * @throws IOException if the WAR cannot be read or converted
     */
    void migrate(Path from, Path to) throws IOException;
}
