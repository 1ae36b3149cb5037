package dev.treadle.it.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Map;

/** What each standalone server does with the one jar and the one line. */
abstract class StandaloneContract {
    /** Quick to start, and small: several run at a time. */
    static final String QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx512m";

    private static final int MANY = 1_000;
    private static final int SOME = 120;

    @TempDir Path directory;

    /** Starts the server with the jar and the line, which has these settings. */
    abstract ServerProcess start(Map<String, String> settings) throws Exception;

    /** Starts the server as it was: the jar may be there, and the line is not. */
    abstract ServerProcess startWithoutTheLine() throws Exception;

    /** The directory of the application in the server that was started last. */
    abstract Path application();

    /** What the log says when the server has started. */
    abstract String started();

    /** How the names of the container's own threads for requests begin. */
    abstract String ownThreads();

    /** The exit code after SIGTERM. */
    abstract int codeAfterSigterm();

    @Test
    void aThousandRequestsAreInsideAtOnceOnAFewThreads() throws Exception {
        try (ServerProcess server = start(Map.of("gevent", "1000"));
                HeldRequests requests = new HeldRequests(application(), port(server), MANY)) {
            server.await("all inside", () -> requests.inside() == MANY);

            // on a busy machine the hubs have spare carriers, which go after ten seconds
            server.await("fewer than 60 OS threads", () -> server.osThreads() < 60);
            assertThat(requests.release())
                    .hasSize(MANY)
                    .allSatisfy(answer ->
                            assertThat(answer)
                                    .startsWith("HTTP/1.1 200")
                                    .contains("inside: virtual=true treadle-gevent-")
                                    .contains("done"));
            assertThat(server.log()).containsOnlyOnce("gevent 1000 on ").contains(" (carried by ");
            assertThat(server.log().lines())
                    // Tomcat writes it where that takes 100 ms: on a busy machine
                    .filteredOn(line -> !line.contains("Creation of SecureRandom instance"))
                    .noneMatch(line -> line.contains("SEVERE") || line.contains("WARN"));
        }
    }

    @Test
    void withoutTheLineTheOldServerIsBack() throws Exception {
        try (ServerProcess server = startWithoutTheLine();
                HeldRequests requests = new HeldRequests(application(), port(server), SOME)) {
            server.await("all inside", () -> requests.inside() == SOME);

            assertThat(server.osThreads()).isGreaterThan(SOME);
            assertThat(requests.release())
                    .allSatisfy(answer ->
                            assertThat(answer)
                                    .startsWith("HTTP/1.1 200")
                                    .contains("inside: virtual=false " + ownThreads()));
            assertThat(server.log()).doesNotContain("dev.treadle.", "gevent");
        }
    }

    @Test
    void theOtherModelsAndTheLimitAreTheSame() throws Exception {
        Map<String, String> models =
                Map.of(
                        "virtual", "inside: virtual=true treadle-virtual-",
                        "threads", "inside: virtual=false treadle-thread-");
        for (String model : models.keySet()) {
            try (ServerProcess server = start(Map.of(model, "20", "queue", "0"));
                    HeldRequests requests = new HeldRequests(application(), port(server), 20)) {
                server.await("all inside", () -> requests.inside() == 20);
                requests.add(1, port(server), 1);
                server.await("one answered", () -> requests.answered() == 1);

                assertThat(requests.release())
                        .filteredOn(answer -> answer.startsWith("HTTP/1.1 200"))
                        .hasSize(20)
                        .allSatisfy(answer -> assertThat(answer).contains(models.get(model)));
                assertThat(requests.release()).last().asString().startsWith("HTTP/1.1 503");
            }
        }
    }

    @Test
    void sigtermLetsTheRequestsInsideFinish() throws Exception {
        try (ServerProcess server = start(Map.of("gevent", "1000"))) {
            int port = port(server);
            try (HeldRequests requests = new HeldRequests(application(), port, 3)) {
                server.await("all inside", () -> requests.inside() == 3);
                server.terminate();
                server.await("no more connections", () -> isClosed(port));

                assertThat(requests.release())
                        .allSatisfy(answer ->
                                assertThat(answer).startsWith("HTTP/1.1 200").contains("done"));
                assertThat(server.exitCode()).isEqualTo(codeAfterSigterm());
            }
        }
    }

    private int port(ServerProcess server) {
        server.awaitLog(started());
        return server.awaitPort();
    }

    private static boolean isClosed(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return !socket.isConnected();
        } catch (ConnectException refused) {
            return true;
        } catch (IOException other) {
            return false;
        }
    }
}
