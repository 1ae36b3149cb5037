package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.restassured.path.json.JsonPath;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** The address of {@code --stats} while a thousand requests wait. */
final class StatsManyTest {
    private static final int MANY = 1_000;

    @Test
    void readersOfTheSameSecondShareOneReport() throws Exception {
        List<Socket> clients = new ArrayList<>();
        try (TreadleProcess server =
                TreadleProcess.launcher(
                        "demo-server",
                        "--container=tomcat",
                        "--http=127.0.0.1:0",
                        "--stats=:0",
                        "--gevent=" + 2 * MANY,
                        "--sleep=3600s")) { // longer than the test takes
            InetSocketAddress address =
                    new InetSocketAddress(
                            InetAddress.getLoopbackAddress(), server.address().getPort());
            for (int i = 0; i < MANY; i++) {
                Socket client = new Socket(address.getAddress(), address.getPort());
                clients.add(client);
                client.getOutputStream()
                        .write("GET /held HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
            }
            URI stats = URI.create("http://127.0.0.1:" + server.statsAddress().getPort());
            await().atMost(PATIENCE).until(() -> json(stats, "/").getInt("gate.active") == MANY);

            // two looks that a busy machine has a second apart are of two reports: then again
            await().atMost(PATIENCE)
                    .until(() -> {
                        long first = ageOfFirst(stats);
                        return ageOfFirst(stats) == first;
                    });
            long age = ageOfFirst(stats);
            await().atMost(PATIENCE).until(() -> ageOfFirst(stats) > age);
            assertThat(json(stats, "/-/requests?format=json").getInt("inside")).isEqualTo(MANY);
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    private static long ageOfFirst(URI stats) throws Exception {
        return json(stats, "/-/requests?format=json").getLong("requests[0].ageMillis");
    }

    private static JsonPath json(URI stats, String path) throws Exception {
        return JsonPath.from(stats.resolve(path).toURL());
    }
}
