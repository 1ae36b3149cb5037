package dev.treadle.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.internal.hub.JdkHubAccess;
import dev.treadle.internal.hub.Watching;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Every hub is held by a greenlet that only another one can end. On hubs that are retaken the
 * others go on; the JDK's scheduler, if it may have no more carriers than there are, stands still
 * for ever. How long hubs stood still is printed; {@code bench/run freeze} measures it properly.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FreezeTest {
    private static final int HUBS = 2;
    private static final Duration RETAKE = Duration.ofMillis(20);

    /** A freeze cannot be seen, only that nothing has happened for as long as this. */
    private static final Duration STILL = Duration.ofSeconds(3);

    @ParameterizedTest
    @EnumSource
    void greenletsOfHeldHubsGoOn(Freezing kind) throws Exception {
        GeventEngine engine = new GeventEngine(HUBS, new Watching(RETAKE, null));
        FrozenHubs frozen =
                new FrozenHubs(
                        kind.on(engine::execute),
                        engine::execute,
                        () -> JdkHubAccess.currentCarrier().getName(),
                        HUBS);
        frozen.freeze();
        Queue<Duration> stoodStill = frozen.awaitEnd();
        System.out.println(kind + ": hubs stood still for " + stoodStill);
        if (kind.holdsCarriers()) {
            assertThat(engine.retakes()).isGreaterThanOrEqualTo(HUBS);
        }
        assertThat(engine.close(Duration.ofSeconds(10), Duration.ofSeconds(10))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void theSchedulerOfTheJdkStandsStill(Freezing kind) throws Exception {
        Process jvm = jvm(kind);
        try (BufferedReader output = jvm.inputReader()) {
            assertThat(output.readLine()).isEqualTo("BEGUN");
            assertThat(output.readLine()).isEqualTo("frozen");
            if (kind.holdsCarriers()) {
                assertThat(jvm.waitFor(STILL.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
                assertThat(output.ready()).as("it says something").isFalse();
            } else {
                assertThat(output.readLine()).startsWith("ROUND ");
                assertThat(jvm.waitFor()).isZero();
            }
        } finally {
            jvm.destroyForcibly().waitFor();
        }
    }

    private static Process jvm(Freezing kind) throws IOException {
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djdk.virtualThreadScheduler.parallelism=" + HUBS,
                        "-Djdk.virtualThreadScheduler.maxPoolSize=" + HUBS,
                        "-cp",
                        classPath,
                        FreezeProbe.class.getName(),
                        kind.name(),
                        Scheduling.STOCK.name(),
                        String.valueOf(HUBS),
                        "1");
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }
}
