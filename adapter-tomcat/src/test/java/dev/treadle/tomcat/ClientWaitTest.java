package dev.treadle.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerModel;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.tck.EachModel;
import dev.treadle.tck.Http2Connection;
import dev.treadle.tck.Http2Stream;
import dev.treadle.tck.RawClient;

import jakarta.servlet.http.HttpServletResponse;

import org.apache.catalina.connector.Connector;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Harakiri ends every wait of a request for its client. */
class ClientWaitTest {
    private static final Duration LIMIT = Duration.ofMillis(400);

    /** A second after the limit, and what a loaded machine may add. */
    private static final long LONGEST_MILLIS = 5_000;

    /** Many times what the sockets hold, in bytes. */
    private static final int BIG = 30_000_000;

    private static TestTomcat start(WorkerModel model, Connector[] tls) throws Exception {
        WorkerSettings settings = TestTomcat.settings(model, 3).harakiri(LIMIT).build();
        TestTomcat server = new TestTomcat(settings);
        tls[0] = server.add(true);
        return server.servlet(
                        "/raw",
                        (request, response) -> {
                            response.getWriter()
                                    .print(request.getInputStream().readAllBytes().length);
                        })
                .servlet(
                        "/form",
                        (request, response) -> {
                            response.getWriter().print("a=" + request.getParameter("a"));
                        })
                .servlet(
                        "/multipart",
                        (request, response) -> {
                            response.getWriter().print(request.getParts().size());
                        })
                .servlet(
                        "/swallows",
                        (request, response) -> {
                            try {
                                request.getInputStream().readAllBytes();
                            } catch (IOException ignored) {
                                response.getWriter().print("as if nothing had been");
                            }
                        })
                .servlet("/late", (request, response) -> response.getWriter().print("x".repeat(99)))
                .servlet(
                        "/big",
                        (request, response) -> response.getOutputStream().write(new byte[BIG]))
                .servlet("/flushes", (request, response) -> flush(response))
                .servlet("/flood", (request, response) -> flood(response.getOutputStream()))
                .servlet(
                        "/begun",
                        (request, response) -> {
                            response.getOutputStream().write(new byte[10]);
                            response.flushBuffer();
                            try {
                                request.getInputStream().readAllBytes();
                            } catch (IOException ignored) {
                                // and ends as if the answer were whole
                            }
                        })
                .servlet("/hello", (request, response) -> response.getWriter().print("hello"))
                .start();
    }

    private static void flood(OutputStream out) throws IOException {
        for (byte[] chunk = new byte[65_536]; ; ) {
            out.write(chunk);
        }
    }

    /** Never more than its buffer holds: all waits are those of a flush. */
    private static void flush(HttpServletResponse response) throws IOException {
        while (true) {
            response.getOutputStream().write(new byte[100]);
            response.flushBuffer();
        }
    }

    private static String post(String path, String type, int length, String begin) {
        return "POST "
                + path
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                + type
                + "\r\nContent-Length: "
                + length
                + "\r\n\r\n"
                + begin;
    }

    /** Trusts any certificate. */
    private static Socket connect(int port, boolean tls) throws Exception {
        if (!tls) {
            return new Socket(InetAddress.getLoopbackAddress(), port);
        }
        X509TrustManager trusting =
                new X509TrustManager() {
                    @Override
                    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

                    @Override
                    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

                    @Override
                    public X509Certificate[] getAcceptedIssuers() {
                        return new X509Certificate[0];
                    }
                };
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {trusting}, null);
        return context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    }

    private static void assertAnswered503(int port, boolean tls, String request) throws Exception {
        long start = System.nanoTime();
        try (Socket socket = connect(port, tls)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(answer).startsWith("HTTP/1.1 503").contains("interrupted");
        }
        assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(LONGEST_MILLIS);
    }

    private void assertAllBodiesEnd(WorkerModel model, boolean tls) throws Exception {
        Connector[] secure = new Connector[1];
        try (TestTomcat server = start(model, secure)) {
            int port = tls ? secure[0].getLocalPort() : server.port();
            String form = "application/x-www-form-urlencoded";
            String parts = "multipart/form-data; boundary=xx";
            String part = "--xx\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nbcd";
            assertAnswered503(port, tls, post("/raw", "text/plain", 10, "abc"));
            assertAnswered503(port, tls, post("/form", form, 10, "a=b"));
            assertAnswered503(port, tls, post("/multipart", parts, 1_000, part));
            assertAnswered503(port, tls, post("/swallows", "text/plain", 10, "abc"));
            server.untilIdle();
            try (RawClient client = new RawClient(server.port())) {
                assertThat(client.get("/hello").text()).isEqualTo("hello");
            }
        }
    }

    @EachModel
    void bodiesThatStallEnd(WorkerModel model) throws Exception {
        assertAllBodiesEnd(model, false);
    }

    @EachModel
    void bodiesThatStallEndOverTls(WorkerModel model) throws Exception {
        assertAllBodiesEnd(model, true);
    }

    @EachModel
    void aBodyOfOneByteNowAndThenEnds(WorkerModel model) throws Exception {
        try (TestTomcat server = start(model, new Connector[1]);
                Socket socket = connect(server.port(), false)) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            out.write(post("/raw", "text/plain", 1_000, "").getBytes(StandardCharsets.ISO_8859_1));
            AtomicBoolean answered = new AtomicBoolean();
            Thread drip =
                    Thread.ofPlatform()
                            .daemon()
                            .start(() -> {
                                try {
                                    while (!answered.get()) {
                                        out.write('x');
                                        Thread.sleep(100); // the very load of this test
                                    }
                                } catch (IOException | InterruptedException closed) {
                                    // the server has had enough
                                }
                            });
            long start = System.nanoTime();
            InputStream in = socket.getInputStream();
            String answer = new String(in.readNBytes(12), StandardCharsets.ISO_8859_1);
            answered.set(true);
            assertThat(answer).isEqualTo("HTTP/1.1 503");
            assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(LONGEST_MILLIS);
            server.untilIdle();
            drip.join();
        }
    }

    private void assertFloodEnds(WorkerModel model, boolean tls) throws Exception {
        Connector[] secure = new Connector[1];
        try (TestTomcat server = start(model, secure)) {
            int port = tls ? secure[0].getLocalPort() : server.port();
            try (Socket socket = connect(port, tls)) {
                socket.setSoTimeout(30_000);
                long start = System.nanoTime();
                socket.getOutputStream()
                        .write(
                                "GET /flood HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                        .getBytes(StandardCharsets.ISO_8859_1));
                server.until("inside", () -> server.workers().stats().gate().harakiris() == 1);
                server.untilIdle();
                assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(LONGEST_MILLIS);
            }
        }
    }

    @EachModel
    void aReaderThatStoppedReadingIsCutOff(WorkerModel model) throws Exception {
        assertFloodEnds(model, false);
    }

    @EachModel
    void aReaderThatStoppedReadingIsCutOffOverTls(WorkerModel model) throws Exception {
        assertFloodEnds(model, true);
    }

    @EachModel
    void anAnswerThatHasBegunDoesNotLookWhole(WorkerModel model) throws Exception {
        try (TestTomcat server = start(model, new Connector[1]);
                Socket socket = connect(server.port(), false)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write(
                            post("/begun", "text/plain", 10, "abc")
                                    .getBytes(StandardCharsets.ISO_8859_1));
            String answer;
            try {
                answer =
                        new String(
                                socket.getInputStream().readAllBytes(),
                                StandardCharsets.ISO_8859_1);
            } catch (IOException reset) {
                answer = "";
            }
            assertThat(answer).doesNotEndWith("0\r\n\r\n");
            server.untilIdle();
        }
    }

    @EachModel
    void streamsOfHttp2End(WorkerModel model) throws Exception {
        try (TestTomcat server = start(model, new Connector[1]);
                Http2Connection connection = Http2Connection.open(server.port(), false)) {
            long start = System.nanoTime();
            Http2Stream raw = connection.post("/raw", 9_000).sendBody(new byte[3_000]);
            Http2Stream swallows = connection.post("/swallows", 9_000).sendBody(new byte[3_000]);
            assertThat(raw.read().status()).isEqualTo(503);
            assertThat(swallows.read().status()).isEqualTo(503);
            Http2Stream begun = connection.post("/begun", 9_000).sendBody(new byte[3_000]);
            Http2Stream flood = connection.get("/flood");
            server.until("cut", () -> begun.over() && flood.over());
            assertThat(begun.answered()).isFalse();
            assertThat(flood.answered()).isFalse();
            assertThat(begun.resetCode()).isPositive();
            assertThat(flood.resetCode()).isPositive();
            server.untilIdle();
            assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(2 * LONGEST_MILLIS);
            assertThat(connection.get("/hello").read().text()).isEqualTo("hello");
        }
    }

    /** The wait for room in a window is that of one stream. */
    @EachModel
    void aStreamThatFlushesEndsAlone(WorkerModel model) throws Exception {
        for (String path : List.of("/flushes", "/flood", "/late")) {
            try (TestTomcat server = start(model, new Connector[1]);
                    Http2Connection connection = Http2Connection.open(server.port(), false, 50)) {
                Http2Stream waits = connection.get(path);
                server.until("cut", waits::over);
                assertThat(waits.resetCode()).as(path).isPositive();
                server.untilIdle();
                assertThat(connection.ended()).as(path).isFalse();
                assertThat(connection.get("/hello").read().text()).isEqualTo("hello");
            }
        }
    }
}
