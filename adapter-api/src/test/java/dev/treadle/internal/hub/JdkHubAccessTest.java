package dev.treadle.internal.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.treadle.Treadle;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class JdkHubAccessTest {
    private static final String OPENING = "--add-opens java.base/java.lang=ALL-UNNAMED";

    /**
     * Opens workers in a JVM whose only opening of packages comes from {@code environment}; returns
     * its output.
     */
    private static String open(String model, Map<String, String> environment)
            throws IOException, InterruptedException {
        return open(List.of(model), environment);
    }

    private static String open(List<String> arguments, Map<String, String> environment)
            throws IOException, InterruptedException {
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                classPath,
                                OpenWorkers.class.getName()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeAll(List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"));
        builder.environment().putAll(environment);
        Process process = builder.redirectErrorStream(true).start();
        String printed =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return printed;
    }

    @Test
    void thisJvmCanHaveHubs() {
        assertThat(Treadle.hubProblem()).isEmpty();
    }

    @Test
    void withoutTheOpeningGeventIsRefusedWithThreeWaysOut() throws Exception {
        assertThat(open("gevent", Map.of()))
                .startsWith(
                        "dev.treadle.HubsUnavailableException: gevent: 10 (expected: a JVM that can have hubs): ")
                .contains("java.base/java.lang is not open to the class path")
                .contains("start java with " + OPENING)
                .contains("JDK_JAVA_OPTIONS=\"" + OPENING + "\"")
                .contains("\"Add-Opens: java.base/java.lang\" into the manifest")
                .contains("No other worker model was started in its place")
                .doesNotContain("opened");
    }

    @ParameterizedTest
    @ValueSource(strings = {"threads", "virtual"})
    void withoutTheOpeningTheOtherModelsOpen(String model) throws Exception {
        assertThat(open(model, Map.of())).isEqualToIgnoringNewLines("opened " + model);
    }

    @Test
    void withTheEnvironmentVariableOfTheMessageGeventOpens() throws Exception {
        assertThat(open("gevent", Map.of("JDK_JAVA_OPTIONS", OPENING)))
                .endsWithIgnoringCase("opened gevent\n");
    }

    @Test
    void whoAsksFirstMayBeOnAVirtualThread() throws Exception {
        assertThat(
                        open(
                                List.of("gevent", "on a virtual thread"),
                                Map.of("JDK_JAVA_OPTIONS", OPENING)))
                .endsWithIgnoringCase("opened gevent\n");
    }

    @Test
    void theCarrierOfAnotherThreadIsTold() throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        AtomicReference<Thread> carrier = new AtomicReference<>();
        Thread running =
                Thread.startVirtualThread(() -> {
                    carrier.set(JdkHubAccess.currentCarrier());
                    while (letGo.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                });
        await().until(() -> carrier.get() != null);
        Thread parked = Thread.startVirtualThread(LockSupport::park);
        await().until(() -> parked.getState() == Thread.State.WAITING);

        assertThat(JdkHubAccess.carrierOf(running)).isSameAs(carrier.get());
        assertThat(JdkHubAccess.carrierOf(parked)).isNull();

        letGo.countDown();
        LockSupport.unpark(parked);
    }
}
