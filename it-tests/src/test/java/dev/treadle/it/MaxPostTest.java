package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;

/** {@code --max-post} over HTTP/1.1 and HTTP/2. */
class MaxPostTest {
    private static final int LIMIT = 3 * 1024 * 1024;
    private static final int FIELD = LIMIT - "field=".length();
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String BYTES = "application/octet-stream";

    @TempDir static Path directory = Path.of("");
    private static Path war = Path.of("");

    @BeforeAll
    static void makeWar() throws Exception {
        war = Mirror.war(directory.resolve("mirror.war"));
    }

    static Stream<String> containers() {
        return Cell.containers();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void aLargerBodyGets413(String container) throws Exception {
        try (TreadleProcess server =
                TreadleProcess.launcher(
                        "--http=127.0.0.1:0",
                        "--h2c",
                        "--container=" + container,
                        "--war=" + war,
                        "--max-post=3m")) {
            try (Client client = new Client(server.address(), Version.HTTP_1_1)) {
                assertTaken(client);
            }
            assertRefused(server.address());
            try (Client client = new Client(server.address(), Version.HTTP_2)) {
                assertThat(client.get()).isEqualTo(200); // HTTP/2 from the next one on
                assertTaken(client);
                client.isRefused(BYTES, text(LIMIT + 1), true);
                client.isRefused(BYTES, text(LIMIT + 1), false);
                client.isRefused(FORM, field(FIELD + 1), true);
                client.isRefused(FORM, field(FIELD + 1), false);
                assertThat(client.get()).isEqualTo(200);
            }
        }
    }

    private static void assertTaken(Client client) throws Exception {
        client.post(text(LIMIT), true).is(200, "got " + LIMIT);
        client.post(text(LIMIT), false).is(200, "got " + LIMIT);
        client.form(FIELD, true).is(200, "got " + FIELD);
        client.form(FIELD, false).is(200, "got " + FIELD);
    }

    /** A server closes the connection on a client that goes on sending: this one stops in time. */
    private static void assertRefused(URI root) throws Exception {
        String head = "POST /mirror/x HTTP/1.1\r\nHost: here\r\nContent-Type: ";
        String length = "\r\nContent-Length: " + (LIMIT + 1) + "\r\n\r\n";
        String chunk =
                "\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + Integer.toHexString(LIMIT + 1)
                        + "\r\n"
                        + "x".repeat(LIMIT + 1);
        assertThat(RawHttp.statusOf(root, head + BYTES + length)).isEqualTo(413);
        assertThat(RawHttp.statusOf(root, head + BYTES + chunk)).isEqualTo(413);
        assertThat(RawHttp.statusOf(root, head + FORM + length)).isEqualTo(413);
        assertThat(RawHttp.statusOf(root, head + FORM + chunk)).isEqualTo(413);
    }

    private static byte[] text(int length) {
        return ascii("x".repeat(length));
    }

    private static byte[] field(int length) {
        return ascii("field=" + "x".repeat(length));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void offTakesAnyBody(String container) throws Exception {
        try (TreadleProcess server =
                        TreadleProcess.launcher(
                                "--http=127.0.0.1:0",
                                "--container=" + container,
                                "--war=" + war,
                                "--max-post=off");
                Client client = new Client(server.address(), Version.HTTP_1_1)) {
            client.form(LIMIT, true).is(200, "got " + LIMIT);
            client.form(LIMIT, false).is(200, "got " + LIMIT);
        }
    }

    private static final class Client implements AutoCloseable {
        private final HttpClient client;
        private final URI target;
        private final Version version;

        Client(URI root, Version version) {
            this.client = HttpClient.newBuilder().version(version).build();
            this.target = root.resolve("/mirror/here");
            this.version = version;
        }

        int get() throws Exception {
            return send(HttpRequest.newBuilder(target)).statusCode();
        }

        /** A body, with its length or in chunks. */
        Got post(byte[] body, boolean withLength) throws Exception {
            return post(BYTES, body, withLength);
        }

        Got form(int length, boolean withLength) throws Exception {
            return post(FORM, field(length), withLength);
        }

        /** A server may reset the stream behind its answer, which hides the answer. */
        void isRefused(String type, byte[] body, boolean withLength) throws Exception {
            try {
                post(type, body, withLength).is(413, "");
            } catch (IOException reset) {
                assertThat(reset).hasMessageContaining("RST_STREAM");
            }
        }

        private Got post(String type, byte[] body, boolean withLength) throws Exception {
            BodyPublisher publisher =
                    withLength
                            ? BodyPublishers.ofByteArray(body)
                            : BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
            HttpResponse<String> answer =
                    send(
                            HttpRequest.newBuilder(target)
                                    .header("Content-Type", type)
                                    .POST(publisher));
            assertThat(answer.version()).isEqualTo(version);
            return new Got(
                    version + " " + type + " " + body.length + " " + withLength,
                    answer.statusCode(),
                    answer.body());
        }

        private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
            return client.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
        }

        @Override
        public void close() {
            client.shutdownNow();
            client.close();
        }
    }

    private record Got(String call, int status, String body) {
        void is(int expected, String text) {
            assertThat(status).as("%s: %s", call, body).isEqualTo(expected);
            assertThat(body).as(call).contains(text);
        }
    }
}
