package dev.treadle.it.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** A standalone Jetty. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class JettyContract extends StandaloneContract {
    private static final int MANY = 1_000;

    private final String home;
    private final boolean olderLine;
    private @Nullable JettyBase base;
    private Path application = Path.of("");

    JettyContract(String home, boolean olderLine) {
        this.home = home;
        this.olderLine = olderLine;
    }

    /** Made once: each command of start.jar takes a second. */
    @BeforeAll
    void prepare(@TempDir Path prepared) throws IOException, InterruptedException {
        base = JettyBase.make(Places.home(home), prepared, Places.javaHome(olderLine), QUICK).jar();
    }

    private JettyBase base() throws IOException {
        JettyBase copy =
                requireNonNull(base).copiedTo(Files.createTempDirectory(directory, "base"));
        application = copy.application();
        return copy;
    }

    @Override
    ServerProcess start(Map<String, String> settings) throws IOException, InterruptedException {
        String module = settings.containsKey("gevent") ? "gevent" : "treadle";
        return base().startDirectly(
                        Stream.concat(
                                        Stream.of("--module=" + module),
                                        settings.entrySet().stream()
                                                .map(each ->
                                                        "treadle."
                                                                + each.getKey()
                                                                + "="
                                                                + each.getValue()))
                                .toArray(String[]::new));
    }

    @Override
    ServerProcess startWithoutTheLine() throws IOException {
        return base().start();
    }

    @Override
    Path application() {
        return application;
    }

    @Override
    String started() {
        return JettyBase.STARTED;
    }

    @Override
    String ownThreads() {
        return "qtp";
    }

    @Override
    int codeAfterSigterm() {
        return 143; // Jetty's own: the signal ends the JVM, and its hook stops the server
    }

    /** The line as it is written makes start.jar fork a JVM that has the option for hubs. */
    @Test
    void startJarForksAJvmWithTheOption() throws Exception {
        JettyBase base = base();
        assertThat(base.startJar("--add-modules=gevent", "treadle.gevent=1000"))
                .contains("property set treadle.gevent=1000");
        try (ServerProcess server = base.start()) {
            server.awaitLog(started());
            try (HeldRequests requests = new HeldRequests(application, server.awaitPort(), MANY)) {
                ProcessHandle forked = server.server();
                server.await("all inside", () -> requests.inside() == MANY);
                server.await("fewer than 60 OS threads", () -> server.osThreads() < 60);

                server.terminate(); // which start.jar passes on, and does not wait for
                assertThat(requests.release())
                        .allMatch(answer -> answer.contains("inside: virtual=true treadle-gevent-"))
                        .allMatch(answer -> answer.contains("done"));
                forked.onExit().get();
            }
        }
    }

    @Test
    void aTypingErrorEndsTheStartWithTheNameThatWasMeant() throws Exception {
        try (ServerProcess server = start(Map.of("gevent", "1000", "quue", "5"))) {
            assertThat(server.exitCode()).isEqualTo(1);
            assertThat(server.log())
                    .contains("Jetty is not started")
                    .contains(
                            "treadle.quue: 5 (expected: a setting of Treadle; did you mean"
                                    + " treadle.queue?)")
                    .doesNotContain("Started ");
        }
    }

    @Test
    void aJvmThatIsNotOpenedEndsTheStartWithTheOption() throws Exception {
        try (ServerProcess server = base().start("--module=treadle", "treadle.gevent=1000")) {
            assertThat(server.exitCode()).isNotZero();
            assertThat(server.log())
                    .contains("start java with --add-opens java.base/java.lang=ALL-UNNAMED")
                    .contains("No other worker model was started in its place")
                    .doesNotContain("Started ");
        }
    }

    @Test
    void onTheModulePathTheHubsAreCarriedToo() throws Exception {
        try (ServerProcess server =
                base().startDirectly("--jpms", "--module=gevent", "treadle.gevent=8")) {
            server.awaitLog("gevent 8 on .* \\(carried by Jetty's selectors\\)");
            try (HeldRequests requests = new HeldRequests(application, server.awaitPort(), 1)) {
                server.await("inside", () -> requests.inside() == 1);
                assertThat(requests.release())
                        .allMatch(answer -> answer.contains("virtual=true treadle-gevent-"));
            }
        }
    }

    @Test
    void tlsAndHttp2RunOnTheWorkersToo() throws Exception {
        try (ServerProcess server =
                base().startDirectly(
                                "--module=gevent,https,http2",
                                "treadle.gevent=8",
                                "jetty.ssl.host=127.0.0.3",
                                "jetty.ssl.port=0",
                                "jetty.sslContext.keyStorePath=" + Tls.keyStore(directory),
                                "jetty.sslContext.keyStorePassword=" + Tls.PASSWORD)) {
            server.awaitLog(started());
            try (HeldRequests requests = new HeldRequests(application, server.awaitPort(), 8)) {
                server.await("all inside", () -> requests.inside() == 8);
                assertThat(requests.release()).hasSize(8);
            }
            assertThat(Tls.get("https://127.0.0.3:" + server.awaitPort(3) + "/hold"))
                    .startsWith("HTTP_2 200")
                    .contains("virtual=true treadle-gevent-");
        }
    }
}
