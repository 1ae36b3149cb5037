package dev.treadle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs the checks of the concurrent protocols, the classes {@code *Jcstress}, in JVMs of their own:
 * some seconds, or, with {@code -Dtreadle.jcstress=default} (or {@code tough}), as long and in as
 * many compilation modes as jcstress likes.
 *
 * <p>A processor shows only the reorderings that it makes: on x86 a missing fence between a store
 * and a later load shows, a missing release or acquire does not.
 */
final class JcstressTest {
    private static final String QUICK = "quick";

    @Test
    @Timeout(value = 12, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void noForbiddenOutcomeAndNoError() throws Exception {
        String mode = System.getProperty("treadle.jcstress", QUICK);
        Path directory =
                Files.createDirectories(Path.of("target", "jcstress", mode).toAbsolutePath());
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-Xmx256m",
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                "org.openjdk.jcstress.Main",
                                "-m",
                                mode,
                                "-af",
                                "NONE", // other processes want the processors too
                                "-r",
                                directory.resolve("report").toString()));
        if (mode.equals(QUICK)) {
            command.addAll(List.of("-sc", "false", "-f", "1", "-fsm", "1"));
            command.addAll(List.of("-iters", "1", "-time", "200"));
            command.addAll(List.of("-jvmArgs", "-XX:+UseSerialGC -Xmx256m"));
        }
        String printed = run(command, directory);
        assertThat(printed).as(printed).containsPattern("Results: [1-9]\\d* planned; ");
        assertThat(printed).as(printed).containsPattern("Failed tests: No matches");
        assertThat(printed).as(printed).containsPattern("Error tests: No matches");
    }

    private static String run(List<String> command, Path directory)
            throws IOException, InterruptedException {
        Path output = directory.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().keySet().removeAll(List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"));
        Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            process.waitFor();
        } finally {
            process.destroy();
        }
        return Files.readString(output, StandardCharsets.UTF_8);
    }
}
