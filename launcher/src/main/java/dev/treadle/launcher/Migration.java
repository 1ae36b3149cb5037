package dev.treadle.launcher;

import dev.treadle.launcher.host.Content;
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
     * Returns the same content, with a converted copy of its WAR in the directory.
     *
     * @throws StartFailedException if the WAR cannot be converted
     */
    static Content migrated(Content content, Path directory) {
        return switch (content) {
            case Content.War war -> migrated(war, directory);
            case Content.Sleep sleep -> sleep;
        };
    }

    private static Content.War migrated(Content.War war, Path directory) {
        Migrator tool = new Library("migration", "migration").make(TOOL, Migrator.class);
        try {
            // the container names its own files by that of the WAR
            Path copy =
                    Files.createTempDirectory(directory, "migrated")
                            .resolve(String.valueOf(war.file().getFileName()));
            tool.migrate(war.file(), copy);
            return new Content.War(copy, war.contextPath());
        } catch (IOException | RuntimeException failed) {
            throw new StartFailedException(
                    "--migrate: "
                            + war.file()
                            + " (expected: a WAR that can be converted): its conversion failed: "
                            + failed
                            + ". Convert it by hand with Tomcat's jakartaee-migration, or mend it",
                    failed);
        }
    }
}
