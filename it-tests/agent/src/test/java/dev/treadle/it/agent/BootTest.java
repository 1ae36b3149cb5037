package dev.treadle.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.it.standalone.Places;
import dev.treadle.it.standalone.ServerProcess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A Boot application with what most have, as its executable jar, which nobody has rebuilt. */
class BootTest {
    private static final int MANY = 1_000;

    @TempDir Path directory;

    private ServerProcess start(boolean older, Path jar, String agent, String... more)
            throws Exception {
        List<String> arguments = new ArrayList<>();
        if (!agent.isEmpty()) {
            arguments.add(Agents.option(agent));
        }
        arguments.addAll(List.of("-jar", jar.toString(), "--server.port=0"));
        arguments.addAll(List.of(more));
        return Agents.java(Places.javaHome(older), directory, Map.of(), arguments);
    }

    /** All with {@code -Dtreadle.boot.matrix=full}. */
    static List<Arguments> applications() {
        List<Arguments> applications =
                new ArrayList<>(
                        List.of(
                                Arguments.of(3, "undertow"),
                                Arguments.of(4, "tomcat"),
                                Arguments.of(4, "jetty")));
        String matrix = System.getProperty("treadle.boot.matrix", "some");
        if (!matrix.equals("some")) {
            applications.add(Arguments.of(3, "tomcat"));
        }
        if (matrix.equals("full")) {
            applications.add(Arguments.of(3, "jetty"));
        }
        return applications;
    }

    @ParameterizedTest
    @MethodSource("applications")
    void theJarAsItIsServesAThousandAtOnce(int boot, String container) throws Exception {
        Path jar = directory.resolve("app.jar");
        assertThat(PlainJar.write(BootApplication.executable(boot, container), jar))
                .isGreaterThan(4);
        try (ThirdParty third = new ThirdParty(Duration.ofSeconds(1));
                ServerProcess application =
                        start(boot == 3, jar, "gevent=1000", "--app.third-party=" + third.url())) {
            int port = BootApplication.port(application);
            for (String round : List.of("cold", "warm")) {
                Clients.Burst burst = Clients.burst(port, "/checkout?ms=1000", MANY);
                System.out.printf(
                        "Boot %d, %s, %s: %d ms%n",
                        boot, container, round, burst.time().toMillis());
                assertThat(burst.answers())
                        .allSatisfy(answer ->
                                assertThat(answer).startsWith("HTTP/1.1 200").contains("paid"));
            }
            application.await("fewer than 60 OS threads", () -> application.osThreads() < 60);
            assertThat(Clients.get(port, "/thread"))
                    .contains("treadle-gevent-", "\"virtual\":true");
            assertThat(Clients.get(port, "/deferred?ms=10")).startsWith("HTTP/1.1 200");
            assertThat(application.log())
                    .containsOnlyOnce("gevent 1000 on ")
                    .contains("by the agent")
                    .doesNotContain("WARNING:");
        }
    }

    @Test
    void withoutTheAgentTheOldServerIsBack() throws Exception {
        Path jar = directory.resolve("app.jar");
        PlainJar.write(BootApplication.executable(4, "tomcat"), jar);
        try (ServerProcess application = start(false, jar, "")) {
            assertThat(Clients.get(BootApplication.port(application), "/thread"))
                    .contains("\"virtual\":false");
            assertThat(application.log()).doesNotContain("by the agent");
        }
    }

    @Test
    void anApplicationWithTheStarterKeepsItsSettings() throws Exception {
        try (ServerProcess application =
                start(
                        false,
                        BootApplication.executable(4, "tomcat"),
                        "gevent=1000",
                        "--virtual=7")) {
            assertThat(Clients.get(BootApplication.port(application), "/thread"))
                    .contains("treadle-virtual-");
            assertThat(application.log())
                    .containsOnlyOnce("has Treadle of its own")
                    .doesNotContain("gevent 1000");
        }
    }
}
