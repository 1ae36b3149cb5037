package dev.treadle.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.it.standalone.HeldRequests;
import dev.treadle.it.standalone.JettyBase;
import dev.treadle.it.standalone.Places;
import dev.treadle.it.standalone.ServerProcess;
import dev.treadle.it.standalone.TomcatBase;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;

/** Tomcat and Jetty as they are distributed: nothing but the option of the JVM. */
class DistributionTest {
    private static final int MANY = 1_000;
    private static final String QUICK = String.join(" ", Agents.QUICK);
    private static final int SIGTERM = 143;

    @TempDir Path directory;

    private TomcatBase tomcat(String home) throws Exception {
        Path javaHome = Places.javaHome(home.endsWith("10.1"));
        return new TomcatBase(Places.home(home), directory, javaHome);
    }

    @ParameterizedTest
    @ValueSource(strings = {"apache-tomcat-10.1", "apache-tomcat-11.0"})
    void tomcatServesAThousandAtOnce(String home) throws Exception {
        TomcatBase base =
                tomcat(home)
                        .environment("CATALINA_OPTS", QUICK + " " + Agents.option(Agents.THOUSAND));
        try (ServerProcess server = base.start()) {
            server.awaitLog(TomcatBase.STARTED);
            serves(server, directory.resolve("webapps/ROOT"), server.awaitPort());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jetty-home-12.0", "jetty-home-12.1"})
    void jettyServesAThousandAtOnce(String name) throws Exception {
        Path properties = directory.resolve("treadle.properties");
        Files.writeString(properties, "treadle.gevent=1000\ntreadle.max-blocking-time=60s\n");
        Path home = Places.home(name);
        Path javaHome = Places.javaHome(name.endsWith("12.0"));
        Path folder = Files.createDirectories(directory.resolve("base"));
        JettyBase made = JettyBase.make(home, folder, javaHome, QUICK);
        JettyBase base = made.with(QUICK + " " + Agents.option("config=" + properties));
        try (ServerProcess server = base.start()) {
            server.awaitLog(JettyBase.STARTED);
            serves(server, base.application(), server.awaitPort());
        }
    }

    private static void serves(ServerProcess server, Path application, int port) throws Exception {
        try (HeldRequests requests = new HeldRequests(application, port, MANY)) {
            server.await("all inside", () -> requests.inside() == MANY);
            // on a busy machine the hubs have spare carriers, which go after ten seconds
            server.await("fewer than 60 OS threads", () -> server.osThreads() < 60);

            server.terminate();
            server.await("no more connections", () -> Clients.isRefused(port));
            assertThat(requests.release())
                    .hasSize(MANY)
                    .allSatisfy(answer ->
                            assertThat(answer)
                                    .startsWith("HTTP/1.1 200")
                                    .contains("inside: virtual=true treadle-gevent-")
                                    .contains("done"));
        }
        assertThat(server.exitCode()).isEqualTo(SIGTERM);
        assertThat(server.log()).containsOnlyOnce("gevent 1000 on ").contains("by the agent");
        Agents.assertWarnsOfNothing(server);
    }

    @Test
    void aConnectorThatCannotWorkIsLeftAloneOrRefused() throws Exception {
        String nio2 = "org.apache.coyote.http11.Http11Nio2Protocol";
        TomcatBase base =
                tomcat("apache-tomcat-11.0")
                        .replace("protocol=\"HTTP/1.1\"", "protocol=\"" + nio2 + "\"");
        base.environment("CATALINA_OPTS", QUICK + " " + Agents.option("gevent=10"));
        try (ServerProcess server = base.start()) {
            server.awaitLog(TomcatBase.STARTED);
            assertThat(server.log())
                    .containsOnlyOnce(
                            "starts unchanged, on threads of its own: protocol of connector")
                    .doesNotContain("gevent 10 on");
        }
        base.environment("CATALINA_OPTS", QUICK + " " + Agents.option("gevent=10,strict=true"));
        try (ServerProcess server = base.start()) {
            assertThat(server.exitCode()).isEqualTo(1);
            assertThat(server.log())
                    .contains("Tomcat is not started, because its workers cannot be: protocol");
        }
    }
}
