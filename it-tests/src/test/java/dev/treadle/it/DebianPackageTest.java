package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The Debian package, installed in an empty folder, with its scripts, and removed from it. The
 * machine itself stays as it is.
 */
class DebianPackageTest {
    private static final List<String> ACCOUNTS = List.of("passwd", "group", "shadow", "gshadow");

    @TempDir Path root = Path.of("");

    @BeforeEach
    void needsDpkgAndItsUser() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/dpkg")),
                "skipped: /usr/bin/dpkg is missing (expected: Debian or a relative of it)");
        assumeTrue(
                "0".equals(Downloaded.run("id", "-u").strip()),
                "skipped: dpkg installs for root only (expected: tests that root runs)");
    }

    private void dpkg(String action, String subject) throws Exception {
        Downloaded.run(
                "dpkg",
                "--root=" + root,
                "--force-script-chrootless",
                "--force-unsafe-io",
                "--ignore-depends=passwd",
                action,
                subject);
    }

    /** The little that the scripts and dpkg need of a system. */
    private void makeEmptySystem() throws IOException {
        Files.createDirectories(root.resolve("var/lib/dpkg/info"));
        Files.createDirectories(root.resolve("var/lib/dpkg/updates"));
        Files.createDirectories(root.resolve("var/cache"));
        Files.createFile(root.resolve("var/lib/dpkg/status"));
        Files.createDirectories(root.resolve("etc/systemd/system/multi-user.target.wants"));
        for (String account : ACCOUNTS) {
            Files.createFile(root.resolve("etc").resolve(account));
        }
    }

    /** Returns all files and folders but those of dpkg, and the copies that useradd makes. */
    private List<String> system() throws IOException {
        return Downloaded.contents(root).stream()
                .filter(file -> !file.startsWith("var/lib/dpkg/") && !file.matches("etc/\\w+-"))
                .toList();
    }

    private static Path debianPackage() {
        String version =
                Places.version().replace("-SNAPSHOT", "~snapshot").toLowerCase(Locale.ROOT);
        return Places.distribution().resolve("treadle_" + version + "_all.deb");
    }

    @Test
    void isInstalledServesIsUpgradedAndLeavesNothing() throws Exception {
        makeEmptySystem();
        List<String> before = system();

        dpkg("--install", debianPackage().toString());
        assertThat(Files.readString(root.resolve("etc/passwd")))
                .startsWith("treadle:")
                .endsWith(":/var/lib/treadle:/usr/sbin/nologin\n");
        assertThat(Files.readString(root.resolve("usr/lib/systemd/system/treadle@.service")))
                .contains("\nExecStart=/usr/bin/treadle $ARGS\n", "\nUser=treadle\n");
        Path command = root.resolve("usr/bin/treadle");
        Downloaded.servesOnEachContainer(command, root);
        servesAsTheExampleOfTheServiceSays(command);

        Path configuration = root.resolve("etc/treadle/example.conf");
        Files.writeString(configuration, "ARGS=--war /srv/mine.war\n");
        Files.writeString(root.resolve("etc/treadle/shop.conf"), "ARGS=--war /srv/shop.war\n");
        // systemd makes these
        Files.createDirectories(root.resolve("var/lib/treadle/shop"));
        Files.createDirectories(root.resolve("var/cache/treadle/shop"));
        Files.createSymbolicLink(
                root.resolve("etc/systemd/system/multi-user.target.wants/treadle@shop.service"),
                Path.of("/usr/lib/systemd/system/treadle@.service"));
        dpkg("--install", debianPackage().toString());
        assertThat(configuration).hasContent("ARGS=--war /srv/mine.war\n");

        dpkg("--remove", "treadle");
        assertThat(command).doesNotExist();
        assertThat(root.resolve("usr")).doesNotExist();
        assertThat(configuration).hasContent("ARGS=--war /srv/mine.war\n");

        dpkg("--purge", "treadle");
        assertThat(system()).isEqualTo(before);
        for (String account : ACCOUNTS) {
            assertThat(root.resolve("etc").resolve(account)).isEmptyFile();
        }
    }

    /** The options of the file that operators copy, with another WAR and a free port. */
    private void servesAsTheExampleOfTheServiceSays(Path command) throws Exception {
        String arguments;
        try (Stream<String> lines = Files.lines(root.resolve("etc/treadle/example.conf"))) {
            arguments =
                    lines.filter(line -> line.startsWith("ARGS="))
                            .map(line -> line.substring("ARGS=".length()))
                            .findFirst()
                            .orElseThrow();
        }
        String[] words =
                arguments
                        .replace(" :8080", " 127.0.0.1:0")
                        .replace("/srv/example.war", Places.exampleWar().toString())
                        .split(" ");
        try (TreadleProcess server = Downloaded.start(command, root, words);
                Web web = new Web(server.address())) {
            assertThat(web.get("/hello").body()).isEqualTo("hello from []");
        }
    }
}
