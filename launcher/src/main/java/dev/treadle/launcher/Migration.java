package dev.treadle.launcher;

import dev.treadle.launcher.host.Library;
import dev.treadle.launcher.host.StartFailedException;
import dev.treadle.launcher.provision.Migrator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code --migrate}: converts a WAR of {@code javax.servlet} before the container has it. */
final class Migration {
    private static final String TOOL = "dev.treadle.launcher.migration.TomcatMigrator";

    private Migration() {}

    /**
     * Returns a converted copy, in a new directory below {@code directory}.
     *
     * @param war the WAR file, or the directory of an exploded one
     * @throws StartFailedException if the WAR cannot be converted
     */
    static Path migrated(Path war, Path directory) {
        Migrator tool = new Library("migration", "migration").make(TOOL, Migrator.class);
        try {
            // the container names its own files by that of the WAR
            Path copy =
                    Files.createTempDirectory(directory, "migrated")
                            .resolve(String.valueOf(war.getFileName()));
            tool.migrate(war, copy);
            return copy;
        } catch (IOException | RuntimeException failed) {
            throw new StartFailedException(
                    "--migrate: "
                            + war
                            + " (expected: a WAR that can be converted): its conversion failed: "
                            + failed
                            + ". Convert it by hand with Tomcat's jakartaee-migration, or mend it",
                    failed);
        }
    }
}
