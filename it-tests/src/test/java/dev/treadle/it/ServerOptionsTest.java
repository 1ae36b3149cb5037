package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** {@code --max-connections}. */
class ServerOptionsTest {

    static Stream<String> containers() {
        return Cell.containers();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void oneConnectionMoreWaitsUntilAnotherCloses(String container) throws Exception {
        List<Socket> open = new ArrayList<>();
        try (TreadleProcess server =
                TreadleProcess.launcher(
                        "--http=127.0.0.1:0",
                        "--container=" + container,
                        "--max-connections=4",
                        "--virtual=2",
                        "--war=" + Places.exampleWar())) {
            for (int i = 0; i < 4; i++) {
                open.add(connect(server.address()));
                assertThat(status(open.get(i), (int) PATIENCE.toMillis()))
                        .isEqualTo("HTTP/1.1 200");
            }
            Socket late = connect(server.address());
            open.add(late);
            assertThat(status(late, 1_000)).isEmpty();
            open.removeFirst().close();
            assertThat(status(late, (int) PATIENCE.toMillis())).isEqualTo("HTTP/1.1 200");
        } finally {
            for (Socket each : open) {
                each.close();
            }
        }
    }

    private static Socket connect(URI root) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), root.getPort());
        socket.getOutputStream()
                .write("GET /thread HTTP/1.1\r\nHost: here\r\n\r\n".getBytes(US_ASCII));
        return socket;
    }

    /** Returns the begin of the answer; empty if none comes in that time. */
    private static String status(Socket socket, int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            return new String(
                    socket.getInputStream().readNBytes("HTTP/1.1 200".length()), US_ASCII);
        } catch (SocketTimeoutException waits) {
            return "";
        }
    }
}
