package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Several applications in one server, and when its port opens. */
class SeveralWarsTest {

    static Stream<String> containers() {
        return Cell.containers();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void eachHasItsPathAndThePortOpensWhenAllAnswer(String container, @TempDir Path directory)
            throws Exception {
        Path begun = directory.resolve("begun");
        Path go = directory.resolve("go");
        Path root = directory.resolve("exploded");
        VersionedApp.war("root", 1, "").explode(root);
        Path one = VersionedApp.war("one", 1, "").write(directory.resolve("one.war"));
        Path two =
                VersionedApp.war("two", 1, VersionedApp.held(begun, go))
                        .write(directory.resolve("two.war"));
        int port = freePort();
        try (TreadleProcess server =
                TreadleProcess.launcher(
                        "--http=127.0.0.1:" + port,
                        "--container=" + container,
                        "--virtual=50",
                        "--war",
                        "/a=" + one,
                        "--war",
                        "/=" + root,
                        "--war",
                        "/a/b=" + two)) {
            await().atMost(PATIENCE).until(() -> Files.exists(begun));
            // those before it have started
            assertThatThrownBy(() -> connect(port)).isInstanceOf(ConnectException.class);
            Files.createFile(go);
            try (Web web = new Web(server.address())) {
                assertEachHasItsPath(web);
            }
            assertThat(files(root)).as("nothing is written there").hasSize(5);
            server.terminate();
            assertThat(server.exitCode()).as(server.err()).isZero();
            assertThat(server.out()).contains("ended root 1", "ended one 1", "ended two 1");
            assertThat(server.warnings()).isEmpty();
        }
    }

    private static void assertEachHasItsPath(Web web) throws Exception {
        assertThat(web.get("/a/x").body()).isEqualTo("one 1");
        assertThat(web.get("/a/b/x").body()).isEqualTo("two 1");
        assertThat(web.get("/a/bc").body()).isEqualTo("one 1");
        assertThat(web.get("/ab").body()).isEqualTo("root 1");
        assertThat(web.get("/a2/x").body()).isEqualTo("root 1");
        assertThat(web.get("/page.jsp").body()).isEqualTo("1");
        assertThat(web.get("/a/page.jsp").body()).isEqualTo("1");
        assertThat(cookie(web.get("/a/b/session"))).contains("/a/b");
        assertThat(cookie(web.get("/session"))).doesNotContain("/a");
        HttpResponse<String> redirect = web.get("/a");
        assertThat(redirect.statusCode()).isIn(301, 302, 303, 307, 308);
        assertThat(redirect.headers().firstValue("Location").orElseThrow()).endsWith("/a/");
    }

    private static String cookie(HttpResponse<String> response) {
        return response.headers().firstValue("Set-Cookie").orElseThrow();
    }

    private static void connect(int port) throws IOException {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void oneThatDoesNotStartIsNamedAndThePortStaysClosed(
            String container, @TempDir Path directory, @TempDir Path temporary) throws Exception {
        Path good = VersionedApp.war("good", 1, "").write(directory.resolve("good.war"));
        Path bad = Failing.probing(directory);
        int port = freePort();
        try (TreadleProcess server =
                TreadleProcess.launcherWith(
                        List.of(
                                "-Djava.io.tmpdir=" + temporary,
                                "-D" + Failing.PROBED_PORT + "=" + port),
                        "--http=127.0.0.1:" + port,
                        "--container=" + container,
                        "--war=/good=" + good,
                        "--war=/bad=" + bad)) {
            assertThat(server.exitCode()).as(server.err()).isEqualTo(1);
            assertThat(server.warnings()).as("one message").hasSize(1);
            assertThat(server.err())
                    .startsWith("treadle: --war: " + bad + " (expected: a web application that")
                    .contains("its start-up failed", "the port: closed");
            assertThat(server.out()).as("the other is stopped").contains("ended good 1");
        }
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left).as("temporary files").isEmpty();
        }
    }
}
