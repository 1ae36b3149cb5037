package dev.treadle.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The JDK's socket pollers never run on a hub, in any of their modes, also if the first socket of
 * the JVM is a greenlet's.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class JdkPollersTest {
    private static final int JDK = Runtime.version().feature();

    /** The JDK has several modes since 22, and one more since 27. */
    static Stream<List<String>> modes() {
        return Stream.<List<String>>of(
                        List.of(),
                        List.of("-Djdk.pollerMode=1"),
                        List.of("-Djdk.pollerMode=2"),
                        List.of(
                                "-Djdk.pollerMode=2",
                                "-Djdk.readPollers=4",
                                "-Djdk.writePollers=4"),
                        List.of("-Djdk.pollerMode=3"))
                .filter(mode -> mode.isEmpty() || JDK >= 27 || (JDK >= 22 && !threeIsNew(mode)));
    }

    private static boolean threeIsNew(List<String> mode) {
        return mode.getFirst().endsWith("3");
    }

    @ParameterizedTest
    @MethodSource("modes")
    void aHubThatIsHeldHoldsNoSocketOfAnother(List<String> mode) throws Exception {
        assertThat(run(mode, List.of())).containsExactly("read", "written", "another hub", "ended");
    }

    @Test
    void theFirstHubsMayBeMadeOnTheOnlyCarrierOfTheJdk() throws Exception {
        List<String> one =
                List.of(
                        "-Djdk.virtualThreadScheduler.parallelism=1",
                        "-Djdk.virtualThreadScheduler.maxPoolSize=1");
        assertThat(run(one, List.of("pinned"))).containsExactly("ended");
    }

    @Test
    void pollersThatCannotStartAreToldWithTheReason() throws Exception {
        if (JDK < 22) {
            assertThat(run(List.of("-Djdk.readPollers=3"), List.of("pinned")))
                    .first()
                    .asString()
                    .startsWith("the JDK's socket pollers may run on a hub: ");
        } else {
            assertThat(run(List.of("-Djdk.pollerMode=none"), List.of("pinned")))
                    .first()
                    .asString()
                    .startsWith("the JDK's socket pollers may run on a hub: ")
                    .contains("none");
        }
    }

    private static List<String> run(List<String> options, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--add-opens",
                                "java.base/java.lang=ALL-UNNAMED",
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path"))));
        command.addAll(options);
        command.add(FirstSocketOnAHub.class.getName());
        command.addAll(arguments);
        Process jvm =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (var output = jvm.inputReader()) {
            List<String> lines = output.lines().toList();
            jvm.waitFor();
            return lines;
        } finally {
            jvm.destroyForcibly().waitFor();
        }
    }
}
