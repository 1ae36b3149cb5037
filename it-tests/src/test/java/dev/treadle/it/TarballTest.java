package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The tarball, unpacked in an empty folder. */
class TarballTest {
    @TempDir Path directory = Path.of("");

    private Path unpacked() throws Exception {
        String name = "treadle-" + Places.version();
        Path folder = Files.createDirectories(directory.resolve("a folder"));
        Downloaded.run(
                "tar",
                "-xzf",
                Places.distribution().resolve(name + ".tar.gz").toString(),
                "-C",
                folder.toString());
        assertThat(Downloaded.contents(folder)).contains(name);
        return folder.resolve(name);
    }

    @Test
    void hasAllThatACommandNeedsAndServesOnEachContainer() throws Exception {
        Path home = unpacked();

        try (Stream<Path> files = Files.list(home)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "LICENSE", "THIRD-PARTY.txt", "bin", "examples", "lib", "treadle.jar");
        }
        everyLibraryHasItsLicence(home);
        Path link =
                Files.createSymbolicLink(directory.resolve("treadle"), home.resolve("bin/treadle"));
        Downloaded.servesOnEachContainer(link, directory);
    }

    /**
     * The licences are those of the build's dependencies; the jars are copied by lists of names.
     */
    private static void everyLibraryHasItsLicence(Path home) throws IOException {
        String thirdParty = Files.readString(home.resolve("THIRD-PARTY.txt"));
        List<String> libraries =
                Downloaded.contents(home.resolve("lib")).stream()
                        .filter(file -> file.endsWith(".jar") && !file.contains("treadle-"))
                        .map(file -> file.replaceFirst(".*/", ""))
                        .map(file -> file.replaceFirst("-[0-9][^-]*\\.jar$", ""))
                        .toList();
        assertThat(libraries).hasSizeGreaterThan(80);
        assertThat(libraries)
                .allSatisfy(library -> assertThat(thirdParty).contains(":" + library + ":"));
    }
}
