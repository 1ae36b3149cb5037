package dev.treadle.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Boot application with what most have, as its executable jar, which nobody has rebuilt. */
class BootTest {
    private static final int MANY = 1_000;
    private static final Pattern PORT =
            Pattern.compile("(?:Tomcat|Jetty|Undertow) started on port (\\d+)");

    @TempDir Path directory;

    private static Path executable(int boot, String container) {
        String module = "boot-app-" + boot;
        return Path.of(System.getProperty("treadle.root"), "it-tests", module, "target")
                .resolve(
                        "treadle-"
                                + module
                                + "-"
                                + System.getProperty("treadle.version")
                                + "-"
                                + container
                                + ".jar");
    }

    private static int port(ServerProcess application) {
        application.awaitLog("Started BootApp in ");
        Matcher port = PORT.matcher(application.log());
        assertThat(port.find()).as(application.log()).isTrue();
        return Integer.parseInt(port.group(1));
    }

    private ServerProcess start(Path jar, String agent, String... more) throws Exception {
        List<String> arguments = new ArrayList<>();
        if (!agent.isEmpty()) {
            arguments.add(Agents.option(agent));
        }
        arguments.addAll(List.of("-jar", jar.toString(), "--server.port=0"));
        arguments.addAll(List.of(more));
        return Agents.java(directory, Map.of(), arguments);
    }

    /** All with the profile {@code lines}, as in CI. */
    static List<Arguments> applications() {
        List<Arguments> applications =
                new ArrayList<>(
                        List.of(
                                Arguments.of(3, "undertow"),
                                Arguments.of(4, "tomcat"),
                                Arguments.of(4, "jetty")));
        if (Boolean.getBoolean("treadle.agent.lines")) {
            applications.add(Arguments.of(3, "tomcat"));
            applications.add(Arguments.of(3, "jetty"));
        }
        return applications;
    }

    @ParameterizedTest
    @MethodSource("applications")
    void theJarAsItIsServesAThousandAtOnce(int boot, String container) throws Exception {
        Path jar = directory.resolve("app.jar");
        assertThat(PlainJar.write(executable(boot, container), jar)).isGreaterThan(4);
        try (ThirdParty third = new ThirdParty(Duration.ofSeconds(1));
                ServerProcess application =
                        start(jar, "gevent=1000", "--app.third-party=" + third.url())) {
            int port = port(application);
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
        PlainJar.write(executable(4, "tomcat"), jar);
        try (ServerProcess application = start(jar, "")) {
            assertThat(Clients.get(port(application), "/thread")).contains("\"virtual\":false");
            assertThat(application.log()).doesNotContain("by the agent");
        }
    }

    @Test
    void anApplicationWithTheStarterKeepsItsSettings() throws Exception {
        try (ServerProcess application =
                start(executable(4, "tomcat"), "gevent=1000", "--virtual=7")) {
            assertThat(Clients.get(port(application), "/thread")).contains("treadle-virtual-");
            assertThat(application.log())
                    .containsOnlyOnce("has Treadle of its own")
                    .doesNotContain("gevent 1000");
        }
    }
}
