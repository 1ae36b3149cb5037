package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The script {@code treadle}: finds a Java, and hands everything on. */
class ScriptTest {
    private static final String SYSTEM_PATH = ":/usr/bin:/bin";

    @TempDir Path directory = Path.of("");

    /** Makes a Java that says it is 17 and can do nothing else. */
    private Path oldJava() throws IOException {
        Path home = Files.createDirectories(directory.resolve("old-jdk"));
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho 'openjdk version \"17.0.9\" 2023-10-17' >&2\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        return home;
    }

    private TreadleProcess script(Path script, Map<String, String> environment, String... arguments)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(script.toString()).directory(directory.toFile());
        builder.command().addAll(List.of(arguments));
        builder.environment().remove("JAVA_HOME");
        return TreadleProcess.start(builder, environment);
    }

    private Map<String, String> onlyOldJava() throws IOException {
        Path old = oldJava();
        Map<String, String> environment = new HashMap<>();
        environment.put("JAVA_HOME", old.toString());
        environment.put("PATH", old.resolve("bin") + SYSTEM_PATH);
        environment.put("TREADLE_JDKS", "");
        return environment;
    }

    @Test
    void javaBelow21IsRefusedAndTheWayOutIsSaid() throws Exception {
        try (TreadleProcess process = script(Places.script(), onlyOldJava(), "--version")) {
            assertThat(process.exitCode()).isEqualTo(1);
            assertThat(process.out()).isEmpty();
            assertThat(process.err())
                    .contains("JAVA_HOME", "Java 17", "expected: JDK 21 or newer", "install one");
        }
    }

    /** A Java that runs says itself what is wrong with its options. */
    @ParameterizedTest
    @ValueSource(strings = {"JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"})
    void aMistakeInTheOptionsOfJavaIsToldByJava(String variable) throws Exception {
        Map<String, String> environment =
                Map.of("JAVA_HOME", Places.javaHome().toString(), variable, "-Xmx1q");
        try (TreadleProcess process = script(Places.script(), environment, "--version")) {
            assertThat(process.exitCode()).isEqualTo(1);
            assertThat(process.err())
                    .contains("Invalid maximum heap size: -Xmx1q")
                    .doesNotContain("JAVA_HOME:", "was found");
        }
    }

    @Test
    void whatABrokenJavaSaysIsShown() throws Exception {
        Map<String, String> environment = onlyOldJava();
        Path java = directory.resolve("old-jdk/bin/java");
        Files.writeString(
                java, "#!/bin/sh\necho 'cannot open shared object libjli.so' >&2\nexit 1\n");
        try (TreadleProcess process = script(Places.script(), environment, "--version")) {
            assertThat(process.exitCode()).isEqualTo(1);
            assertThat(process.err())
                    .contains(
                            "JAVA_HOME: ",
                            "PATH: " + java,
                            "a java that does not run, it says: cannot open shared object libjli.so",
                            "install one");
        }
    }

    @Test
    void anotherJavaIsFoundWhenJavaHomeIsTooOld() throws Exception {
        Map<String, String> environment = onlyOldJava();
        environment.put("TREADLE_JDKS", directory.resolve("none") + ":" + Places.javaHome());
        try (TreadleProcess process = script(Places.script(), environment, "--version")) {
            assertThat(process.exitCode()).as(process.err()).isZero();
            assertThat(process.out()).startsWith("Treadle ");
            assertThat(process.err()).contains("JAVA_HOME", "Java 17");
        }
    }

    /** A copy of the scripts, whose launcher is not built, with a Maven that fails. */
    @Test
    void aBuildShowsItsStepsAndWhyItFails() throws Exception {
        Path home = Files.createDirectories(directory.resolve("home"));
        Files.createDirectories(home.resolve("launcher"));
        Files.copy(Places.script(), home.resolve("treadle"));
        for (String part : List.of("find-java.sh", "build.sh", "class-cache.sh")) {
            Path file = Path.of("launcher", part);
            Files.copy(Places.root().resolve(file), home.resolve(file));
        }
        Path maven = Files.createDirectories(directory.resolve("bin")).resolve("mvn");
        Files.writeString(
                maven,
                """
                #!/bin/sh
                for i in $(seq 100); do echo "[INFO] Downloaded from central: https://x/$i.jar (1 kB)"; done
                echo '[INFO] Building Treadle :: adapter API 1.0                    [3/19]'
                echo '[INFO] Compiling 100 files'
                echo '[ERROR] no space left on device'
                exit 1
                """);
        Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwxr-xr-x"));
        Map<String, String> environment =
                Map.of(
                        "JAVA_HOME",
                        Places.javaHome().toString(),
                        "PATH",
                        maven.getParent() + SYSTEM_PATH);
        try (TreadleProcess process = script(home.resolve("treadle"), environment, "--version")) {
            assertThat(process.exitCode()).isEqualTo(1);
            assertThat(process.out()).isEmpty();
            assertThat(process.err().lines())
                    .contains(
                            "  100 files downloaded",
                            "  Treadle :: adapter API 1.0 [3/19]",
                            "[ERROR] no space left on device")
                    .doesNotContain("[INFO] Compiling 100 files");
            assertThat(process.err())
                    .contains("treadle: build: failed (expected: the launcher in ");
        }
    }

    @Test
    void runsThroughALinkWithAWarRelativeToTheCaller() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("a link"), Places.script());
        Files.copy(Places.exampleWar(), directory.resolve("my shop.war"));
        Map<String, String> environment = Map.of("JAVA_HOME", Places.javaHome().toString());
        try (TreadleProcess process =
                        script(
                                link,
                                environment,
                                "--http",
                                "127.0.0.1:0",
                                "--gevent",
                                "10",
                                "--war",
                                "my shop.war");
                Web web = new Web(process.address())) {
            assertThat(web.get("/hello").body()).isEqualTo("hello from []");
            process.terminate();
            assertThat(process.exitCode()).as(process.err()).isZero();
        }
    }
}
