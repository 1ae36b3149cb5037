package dev.treadle.it.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.api.Condition;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A standalone Tomcat. */
abstract class TomcatContract extends StandaloneContract {
    private final String home;
    private final boolean olderLine;
    private Path base = Path.of("");

    TomcatContract(String home, boolean olderLine) {
        this.home = home;
        this.olderLine = olderLine;
    }

    private TomcatBase base() throws IOException {
        base = Files.createTempDirectory(directory, "base");
        return new TomcatBase(Places.home(home), base, Places.javaHome(olderLine))
                .environment("JAVA_OPTS", QUICK);
    }

    @Override
    ServerProcess start(Map<String, String> settings) throws IOException {
        String attributes =
                settings.entrySet().stream()
                        .map(each -> each.getKey() + "=\"" + each.getValue() + "\"")
                        .collect(Collectors.joining(" "));
        return base().jar().listener(attributes).start();
    }

    @Override
    ServerProcess startWithoutTheLine() throws IOException {
        return base().jar().start();
    }

    @Override
    Path application() {
        return base.resolve("webapps/ROOT");
    }

    @Override
    String started() {
        return TomcatBase.STARTED;
    }

    @Override
    String ownThreads() {
        return "http-nio-";
    }

    @Override
    int codeAfterSigterm() {
        return 143; // Tomcat's own: the signal ends the JVM, and its hook stops the server
    }

    @Test
    void aTypingErrorEndsTheStartWithTheNameThatWasMeant() throws Exception {
        try (ServerProcess server = start(Map.of("gevent", "1000", "quue", "5"))) {
            assertThat(server.exitCode()).isEqualTo(1);
            assertThat(server.log())
                    .contains("Tomcat is not started")
                    .contains(
                            "quue of TreadleListener: 5 (expected: a setting of Treadle; did you mean queue?)")
                    .doesNotContain("Starting ProtocolHandler");
        }
    }

    @Test
    void nio2EndsTheStartWithWhatToDo() throws Exception {
        TomcatBase base =
                base().jar()
                        .listener("gevent=\"1000\"")
                        .replace(
                                "protocol=\"HTTP/1.1\"",
                                "protocol=\"org.apache.coyote.http11.Http11Nio2Protocol\"");
        try (ServerProcess server = base.start()) {
            assertThat(server.exitCode()).isEqualTo(1);
            assertThat(server.log())
                    .contains(
                            "Http11Nio2Protocol (expected: org.apache.coyote.http11.Http11NioProtocol)");
        }
    }

    @Test
    void aJvmThatIsNotOpenedEndsTheStartWithTheOption() throws Exception {
        TomcatBase base = base().jar().listener("gevent=\"1000\"");
        Path catalina = Places.home(home);
        try (ServerProcess server =
                ServerProcess.start(
                        directory,
                        Map.of(),
                        List.of(
                                Places.javaHome(olderLine).resolve("bin/java").toString(),
                                "-Dcatalina.home=" + catalina,
                                "-Dcatalina.base=" + base.file(""),
                                "-cp",
                                catalina.resolve("bin")
                                        + "/bootstrap.jar:"
                                        + catalina.resolve("bin")
                                        + "/tomcat-juli.jar",
                                "org.apache.catalina.startup.Bootstrap",
                                "start"))) {
            assertThat(server.exitCode()).isEqualTo(1);
            assertThat(server.log())
                    .contains("start java with --add-opens java.base/java.lang=ALL-UNNAMED")
                    .contains("No other worker model was started in its place");
        }
    }

    /** Two services, four kinds of connectors, and a pool that is not used. */
    @Test
    void allServicesAndConnectorsShareTheWorkers() throws Exception {
        TomcatBase server = base().jar().listener("gevent=\"8\" queue=\"0\"");
        WebApplication.writeTo(server.file("webapps2/ROOT"));
        server.replace(
                "</Service>",
                """
                <Connector port="0" address="127.0.0.3" SSLEnabled="true" maxThreads="150">
                  <UpgradeProtocol className="org.apache.coyote.http2.Http2Protocol"/>
                  <SSLHostConfig>
                    <Certificate certificateKeystoreFile="%s"
                        certificateKeystorePassword="%s"/>
                  </SSLHostConfig>
                </Connector>
                <Connector port="0" address="127.0.0.4" protocol="AJP/1.3"
                    secretRequired="false"/>
                </Service>
                <Service name="second">
                  <Executor name="pool" maxThreads="10" minSpareThreads="1"/>
                  <Connector port="0" address="127.0.0.2" executor="pool"/>
                  <Engine name="second" defaultHost="localhost">
                    <Host name="localhost" appBase="webapps2"/>
                  </Engine>
                </Service>
                """
                        .formatted(Tls.keyStore(directory), Tls.PASSWORD));
        try (ServerProcess process = server.start()) {
            process.awaitLog(started());
            assertThat(process.log())
                    .contains(
                            "executor=pool: of no effect, its requests run on gevent 8",
                            "maxThreads=150: of no effect, its requests run on gevent 8")
                    .doesNotContain("SEVERE");
            try (HeldRequests first = new HeldRequests(application(), process.awaitPort(), 4);
                    HeldRequests second =
                            new HeldRequests(
                                    server.file("webapps2/ROOT"), 2, process.awaitPort(2), 4)) {
                process.await("all inside", () -> first.inside() + second.inside() == 8);
                second.add(2, process.awaitPort(2), 1); // one N for both
                process.await("one refused", () -> second.answered() == 1);
                assertThat(first.release()).allMatch(answer -> answer.contains("treadle-gevent-"));
                assertThat(second.release())
                        .areExactly(4, containing("treadle-gevent-"))
                        .areExactly(1, containing("HTTP/1.1 503"));
            }
            assertThat(Tls.get("https://127.0.0.3:" + process.awaitPort(3) + "/hold"))
                    .startsWith("HTTP_2 200")
                    .contains("virtual=true treadle-gevent-");
            assertThat(Ajp.get(4, process.awaitPort(4), "/hold"))
                    .contains("virtual=true treadle-gevent-");
        }
    }

    private static Condition<String> containing(String text) {
        return new Condition<>(answer -> answer.contains(text), "contains %s", text);
    }

    /**
     * As without workers: Tomcat ends with 1 if it is told to end when a connector cannot start.
     */
    @Test
    void aPortInUseEndsTheStartIfTomcatIsToldSo() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerProcess server =
                        base().jar()
                                .listener("gevent=\"8\"")
                                .replace("port=\"0\"", "port=\"" + taken.getLocalPort() + "\"")
                                .environment(
                                        "CATALINA_OPTS",
                                        "-Dorg.apache.catalina.startup.EXIT_ON_INIT_FAILURE=true")
                                .start()) {
            assertThat(server.exitCode()).isEqualTo(1);
            assertThat(server.log()).contains("BindException");
        }
    }
}
