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
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;

/** {@code --max-post} over HTTP/1.1 and HTTP/2. */
class MaxPostTest {
    private static final int LIMIT = 3 * 1024 * 1024;
    private static final int FIELD = LIMIT - "field=".length();
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String BYTES = "application/octet-stream";
    private static final String PARTS = "multipart/form-data; boundary=b";

    @TempDir static Path directory = Path.of("");
    private static Path war = Path.of("");
    private static Path reader = Path.of("");

    @BeforeAll
    static void makeWar() throws Exception {
        war = Mirror.war(directory.resolve("mirror.war"));
        reader = BodyReader.war(directory.resolve("reader.war"));
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
            URI mirror = server.address().resolve("/mirror/here");
            try (Client client = new Client(mirror, Version.HTTP_1_1)) {
                assertTaken(client);
            }
            assertRefused(server.address());
            try (Client client = new Client(mirror, Version.HTTP_2)) {
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

    /** Neither of these reads the body as bytes or as a form, and lets the container answer. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.treadle.it.Cell#allContainers")
    void soDoPartsAndAReaderGetsAnIoException(String container) throws Exception {
        String large = "x".repeat(2_000);
        String parts =
                "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n";
        String end = "\r\n--b--\r\n";
        try (TreadleProcess server =
                TreadleProcess.launcher(
                        "--http=127.0.0.1:0",
                        "--h2c",
                        "--container=" + container,
                        "--war=" + reader,
                        "--max-post=1k")) {
            URI root = server.address();
            assertThat(
                            RawHttp.send(
                                    root,
                                    chunked("/parts", PARTS, parts + "small" + end) + "0\r\n\r\n"))
                    .contains("1 parts");
            assertThat(RawHttp.statusOf(root, chunked("/parts", PARTS, parts + large + end)))
                    .isEqualTo(413);
            // Tomcat answers itself, also where the application catches the exception
            assertThat(RawHttp.send(root, chunked("/caught", BYTES, large) + "0\r\n\r\n"))
                    .contains(container.startsWith("tomcat") ? " 413 " : "caught: ");
            try (Client client = new Client(root.resolve("/parts"), Version.HTTP_2)) {
                assertThat(client.get()).isEqualTo(405); // HTTP/2 from the next one on
                client.post(PARTS, ascii(parts + "small" + end), false).is(200, "1 parts");
                client.isRefused(PARTS, ascii(parts + large + end), true);
                client.isRefused(PARTS, ascii(parts + large + end), false);
            }
            try (Client client = new Client(root.resolve("/caught"), Version.HTTP_2)) {
                assertThat(client.get()).isEqualTo(405);
                client.post(BYTES, text(1_000), false).is(200, "got 1000");
                if (container.startsWith("tomcat")) {
                    client.isRefused(BYTES, ascii(large), false);
                } else {
                    client.post(BYTES, ascii(large), false).is(200, "caught: ");
                }
            }
        }
    }

    /** Returns a request whose body begins with one chunk. */
    private static String chunked(String path, String type, String chunk) {
        return "POST "
                + path
                + " HTTP/1.1\r\nHost: here\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
                + "Content-Type: "
                + type
                + "\r\n\r\n"
                + Integer.toHexString(chunk.length())
                + "\r\n"
                + chunk
                + "\r\n";
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
                Client client =
                        new Client(server.address().resolve("/mirror/here"), Version.HTTP_1_1)) {
            client.form(LIMIT, true).is(200, "got " + LIMIT);
            client.form(LIMIT, false).is(200, "got " + LIMIT);
        }
    }

    private static final class Client implements AutoCloseable {
        private final HttpClient client;
        private final URI target;
        private final Version version;

        Client(URI target, Version version) {
            this.client = HttpClient.newBuilder().version(version).build();
            this.target = target;
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

        /**
         * A server may end the stream behind its answer, and so hide it from a client that still
         * sends. After some such streams Jetty ends the connection. The next request then begins a
         * new one over HTTP/1.1, which is closed behind the answer.
         */
        void isRefused(String type, byte[] body, boolean withLength) throws Exception {
            try {
                HttpResponse<String> answer = answer(type, body, withLength);
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(413);
            } catch (HttpTimeoutException noAnswer) {
                throw noAnswer;
            } catch (IOException ended) {
                assertThat(get()).as("after %s", ended).isLessThan(500);
            }
        }

        private HttpResponse<String> answer(String type, byte[] body, boolean withLength)
                throws Exception {
            BodyPublisher publisher =
                    withLength
                            ? BodyPublishers.ofByteArray(body)
                            : BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
            return send(
                    HttpRequest.newBuilder(target).header("Content-Type", type).POST(publisher));
        }

        private Got post(String type, byte[] body, boolean withLength) throws Exception {
            HttpResponse<String> answer = answer(type, body, withLength);
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
