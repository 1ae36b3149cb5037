package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The option {@code --class-cache} of the scripts that start the launcher. */
class ClassCacheTest {
    private static final String FROM_ARCHIVE = " source: shared objects file (top)";

    @TempDir Path directory = Path.of("");

    private TreadleProcess start(Path javaHome, String jvmOptions, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(Places.script().toString()));
        command.addAll(List.of(arguments));
        return TreadleProcess.start(
                new ProcessBuilder(command).directory(directory.toFile()),
                Map.of(
                        "JAVA_HOME",
                        javaHome.toString(),
                        "JDK_JAVA_OPTIONS",
                        "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx512m " + jvmOptions));
    }

    private TreadleProcess serve(String container, String jvmOptions) throws IOException {
        return start(
                Places.javaHome(),
                jvmOptions,
                "--class-cache=cache",
                "--container",
                container,
                "--http",
                "127.0.0.1:0",
                "--war",
                Places.exampleWar().toString());
    }

    private static void answersAndEnds(TreadleProcess server) throws Exception {
        try (server;
                Web web = new Web(server.address())) {
            assertThat(web.get("/hello").body()).isEqualTo("hello from []");
            assertThat(web.get("/hello.jsp").statusCode()).isEqualTo(200);
            server.terminate();
            assertThat(server.exitCode()).as(server.err()).isZero();
            assertThat(server.out().lines()).as("lines on standard output").hasSize(1);
        }
    }

    private List<Path> archives() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("cache"))) {
            return files.toList();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "tomcat, org.apache.catalina.startup.Tomcat",
        "jetty, org.eclipse.jetty.server.Server",
        "undertow, io.undertow.Undertow"
    })
    void secondStartHasTheClassesOfTheFirst(String container, String type) throws Exception {
        Path outdated =
                Files.createDirectories(directory.resolve("cache"))
                        .resolve("treadle-" + container + ".1.jsa");
        Files.createFile(outdated);
        Path ofAnother = directory.resolve("cache/treadle-" + container + "-ee10.1.jsa");
        Files.createFile(ofAnother);
        // a JVM that ends early writes an archive too, and would keep it
        try (TreadleProcess mistake =
                start(
                        Places.javaHome(),
                        "",
                        "--class-cache=cache",
                        "--container=" + container,
                        "--war=none.war")) {
            assertThat(mistake.exitCode()).as(mistake.err()).isEqualTo(2);
        }
        assertThat(archives()).hasSize(2).contains(ofAnother).doesNotContain(outdated);

        answersAndEnds(serve(container, ""));
        assertThat(archives()).hasSize(2).contains(ofAnother);

        Path log = directory.resolve("classes.log");
        answersAndEnds(serve(container, "-Xlog:class+load:file=" + log));
        assertThat(Files.readAllLines(log))
                .anyMatch(line -> line.contains(type + FROM_ARCHIVE))
                .anyMatch(line -> line.contains("dev.treadle.Workers" + FROM_ARCHIVE));
        assertThat(archives()).hasSize(2).contains(ofAnother);
    }

    @Test
    void aFolderThatIsMissingIsAMistake() throws Exception {
        try (TreadleProcess process =
                start(Places.javaHome(), "", "--war", "any.war", "--class-cache", "none")) {
            assertThat(process.exitCode()).isEqualTo(2);
            assertThat(process.err())
                    .contains("treadle: --class-cache: none (expected: a folder that exists)");
        }
    }

    @Test
    void withoutTheScriptTheOptionsOfTheJvmAreNamed() throws Exception {
        try (TreadleProcess process = TreadleProcess.launcher("--class-cache", "cache")) {
            assertThat(process.exitCode()).isEqualTo(2);
            assertThat(process.err())
                    .contains("--class-cache: cache (expected: ", "-XX:SharedArchiveFile=FILE");
        }
    }

    /** Such as one whose own archive was left out of an image. */
    @Test
    void aJavaThatCannotShareClassesServesAllTheSameAndTheReasonIsSaid() throws Exception {
        Files.createDirectories(directory.resolve("cache"));
        Path java = Files.createDirectories(directory.resolve("slim-jdk/bin")).resolve("java");
        Files.writeString(
                java,
                """
                #!/bin/sh
                case "$*" in *-Xshare:on*) echo 'Unable to use shared archive.'; exit 1;; esac
                exec '%s' "$@"
                """
                        .formatted(Places.java()));
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));

        try (TreadleProcess process =
                start(directory.resolve("slim-jdk"), "", "--class-cache", "cache", "--version")) {
            assertThat(process.exitCode()).as(process.err()).isZero();
            assertThat(process.out()).startsWith("Treadle ");
            assertThat(process.err())
                    .contains("--class-cache: not used", "Unable to use shared archive.");
        }
        assertThat(archives()).isEmpty();
    }
}
