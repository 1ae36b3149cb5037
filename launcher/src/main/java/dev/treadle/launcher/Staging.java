package dev.treadle.launcher;

import dev.treadle.launcher.host.Content;
import dev.treadle.launcher.host.StartFailedException;
import dev.treadle.launcher.host.WarVersion;
import dev.treadle.launcher.host.WorkDirectory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Gives each version of an application a directory of its own. An exploded directory is copied
 * there, so a version keeps its files while somebody puts those of the next one into place. A WAR
 * file is unpacked by the container, after its conversion if that is asked for. For one thread at a
 * time.
 */
final class Staging {
    private static final Logger LOG = System.getLogger("dev.treadle.launcher");

    private final Path directory;
    private final boolean migrates;
    private int versions;

    /**
     * @param directory a directory for all versions
     * @param migrates whether each version is converted from {@code javax.servlet}
     */
    Staging(Path directory, boolean migrates) {
        this.directory = directory;
        this.migrates = migrates;
    }

    /** Whether each version is converted from {@code javax.servlet}. */
    boolean migrates() {
        return migrates;
    }

    /**
     * Makes the first version of each application.
     *
     * @throws StartFailedException if a directory cannot be copied, or a WAR not converted
     */
    List<WarVersion> first(Content content) {
        List<WarVersion> first = new ArrayList<>();
        if (content instanceof Content.Wars wars) {
            for (Content.War war : wars.wars()) {
                first.add(version(war, 0));
            }
        }
        return first;
    }

    /**
     * Makes a later version.
     *
     * @throws StartFailedException if a directory cannot be copied, or a WAR not converted
     */
    WarVersion next(Content.War war) {
        versions++;
        return version(war, versions);
    }

    private WarVersion version(Content.War war, int number) {
        try {
            Path own = Files.createTempDirectory(directory, "version-");
            Path source = war.file();
            if (Files.isDirectory(source)) {
                source = own.resolve("exploded");
                copy(war.file(), source);
            }
            if (migrates) {
                source = Migration.migrated(source, own);
            }
            return new WarVersion(war, source, own, number);
        } catch (IOException | UncheckedIOException failed) {
            throw new StartFailedException(
                    "--war: "
                            + war.file()
                            + " (expected: a directory that can be copied below "
                            + directory
                            + "): "
                            + failed.getMessage(),
                    failed);
        }
    }

    /** A link becomes a copy of what it leads to. */
    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from, FileVisitOption.FOLLOW_LINKS)) {
            for (Path each : (Iterable<Path>) all::iterator) {
                Files.copy(each, to.resolve(from.relativize(each).toString()));
            }
        }
    }

    /** Removes the files of a version that has stopped. */
    void remove(WarVersion version) {
        try {
            WorkDirectory.delete(version.directory());
        } catch (IOException left) {
            LOG.log(Level.WARNING, "temporary files are left in " + version.directory(), left);
        }
    }
}
