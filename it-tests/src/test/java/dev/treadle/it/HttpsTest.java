package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;

/** The launcher with {@code --https} and {@code --h2c}, with real clients. */
class HttpsTest {

    @TempDir static Path directory = Path.of("");

    private static TestCertificates certificates;
    private static SSLContext trusting;

    @BeforeAll
    static void makeCertificates() throws Exception {
        certificates = TestCertificates.make(directory, "RSA");
        trusting = certificates.trusting();
    }

    static Stream<String> containers() {
        return Cell.containers();
    }

    static Stream<Arguments> containersAndOrders() {
        return containers()
                .flatMap(container ->
                        Stream.of(Arguments.of(container, true), Arguments.of(container, false)));
    }

    private static TreadleProcess start(String container, String... more) throws Exception {
        return start(List.of(), container, more);
    }

    private static TreadleProcess start(List<String> jvmOptions, String container, String... more)
            throws Exception {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("--war", Places.exampleWar().toString()));
        arguments.addAll(List.of("--container", container));
        arguments.addAll(Arrays.asList(more));
        String[] all = arguments.toArray(String[]::new);
        List<String> options = new ArrayList<>(LauncherArchive.options(all));
        options.addAll(jvmOptions);
        return TreadleProcess.launcherWith(options, all);
    }

    private static void assertServes(URI root, Version asked, Version spoken) throws Exception {
        try (Web web = new Web(root, asked, trusting)) {
            // the second one of an upgraded connection is HTTP/2 from its beginning
            for (int i = 0; i < 2; i++) {
                HttpResponse<String> answer = web.get("/thread");
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                assertThat(answer.version()).isEqualTo(spoken);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void bothPortsServeWhatTheirClientsSpeak(String container) throws Exception {
        try (TreadleProcess server =
                start(container, "--http", "127.0.0.1:0", "--h2c", "--https", option())) {
            assertServes(server.httpsAddress(), Version.HTTP_2, Version.HTTP_2);
            assertServes(server.httpsAddress(), Version.HTTP_1_1, Version.HTTP_1_1);
            assertServes(server.address(), Version.HTTP_2, Version.HTTP_2);
            assertServes(server.address(), Version.HTTP_1_1, Version.HTTP_1_1);
            assertThat(Http2Frames.get(server.address(), "/thread")).contains("virtual=");
            server.terminate();
            assertThat(server.exitCode()).as(server.err()).isZero();
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"tomcat", "jetty"})
    void withoutTheOptionThePlainPortSpeaksHttp1Only(String container) throws Exception {
        try (TreadleProcess server =
                start(container, "--http", "127.0.0.1:0", "--https", option())) {
            assertServes(server.address(), Version.HTTP_2, Version.HTTP_1_1);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void httpsAloneOpensNoPlainPort(String container) throws Exception {
        try (TreadleProcess server = start(container, "--https", option())) {
            assertThat(server.startLine())
                    .matches(".*, listening on https://127\\.0\\.0\\.1:\\d+")
                    .doesNotContain("http://");
            assertServes(server.httpsAddress(), Version.HTTP_2, Version.HTTP_2);
        }
    }

    @ParameterizedTest(name = "{0}, plain port first: {1}")
    @MethodSource("containersAndOrders")
    void bothPortsHaveOneGate(String container, boolean plainFirst) throws Exception {
        try (TreadleProcess server =
                        start(
                                container,
                                "--http=127.0.0.1:0",
                                "--h2c",
                                "--https=" + option(),
                                "--stats=127.0.0.1:0",
                                "--virtual=1",
                                "--queue=0",
                                "--drain=100ms");
                Web plain = new Web(server.address(), Version.HTTP_2, trusting);
                Web secure = new Web(server.httpsAddress(), Version.HTTP_2, trusting);
                Web stats = new Web(server.statsAddress())) {
            CompletableFuture<HttpResponse<String>> inside =
                    (plainFirst ? plain : secure).getLater("/slow?millis=60000");
            await().atMost(PATIENCE)
                    .until(() ->
                            stats.get("/").body().contains("\"active\":1,") || inside.isDone());

            HttpResponse<String> refused = (plainFirst ? secure : plain).get("/thread");

            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(inside).isNotDone();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void keyOfAnEllipticCurveServes(String container, @TempDir Path other) throws Exception {
        TestCertificates curve = TestCertificates.make(other, "EC");
        try (TreadleProcess server = start(container, "--https", curve.option());
                Web web = new Web(server.httpsAddress(), Version.HTTP_2, curve.trusting())) {
            assertThat(web.get("/thread").statusCode()).isEqualTo(200);
        }
    }

    /** The JDK of the server would take TLS 1.1 here: it is told to. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void olderTlsIsRefused(String container, @TempDir Path other) throws Exception {
        Path lenient =
                Files.writeString(
                        other.resolve("lenient.security"), "jdk.tls.disabledAlgorithms=\n");
        try (TreadleProcess server =
                        start(
                                List.of("-Djava.security.properties=" + lenient),
                                container,
                                "--https",
                                option());
                Socket socket =
                        new Socket(
                                InetAddress.getLoopbackAddress(),
                                server.httpsAddress().getPort())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write(helloOfTls11());
            InputStream in = socket.getInputStream();
            byte[] record = in.readNBytes(7);
            assertThat(record[0]).as("record type: alert").isEqualTo((byte) 21);
            assertThat(record[6]).as("alert: protocol_version").isEqualTo((byte) 70);
        }
    }

    /** A ClientHello of TLS 1.1 without extensions (RFC 4346, 7.4.1.2). */
    private static byte[] helloOfTls11() throws Exception {
        ByteArrayOutputStream hello = new ByteArrayOutputStream();
        hello.write(new byte[] {3, 2}); // TLS 1.1
        hello.write(new byte[32]); // random
        hello.write(0); // no session
        hello.write(new byte[] {0, 4, 0, 0x2F, 0, 0x35}); // RSA with AES-128-CBC and AES-256-CBC
        hello.write(new byte[] {1, 0}); // no compression
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.write(new byte[] {22, 3, 1, 0, (byte) (hello.size() + 4)}); // handshake
        record.write(new byte[] {1, 0, 0, (byte) hello.size()}); // client_hello
        hello.writeTo(record);
        return record.toByteArray();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void portInUseIsNamedWithItsOption(String container) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                TreadleProcess server =
                        start(
                                container,
                                "--http",
                                "127.0.0.1:0",
                                "--https",
                                option().replace(":0,", ":" + taken.getLocalPort() + ","))) {
            assertThat(server.exitCode()).as(server.err()).isEqualTo(1);
            assertThat(server.out()).isEmpty();
            assertThat(server.err())
                    .startsWith("treadle: --https: 127.0.0.1:" + taken.getLocalPort())
                    .contains("is in use", "choose another port");
            assertThat(server.err().lines()).as("one message").hasSize(1);
        }
    }

    @Test
    void certificateThatHasExpiredIsWarnedOf() throws Exception {
        certificates.keytool("old", "EC", "-startdate", "-10d", "-validity", "3");
        String chain = certificates.chainFile("old").toString();
        try (TreadleProcess server =
                start(
                        "tomcat",
                        "--https",
                        "127.0.0.1:0," + chain + "," + certificates.keyFile("old"))) {
            server.httpsAddress();
            assertThat(server.err())
                    .startsWith("treadle: --https: " + chain)
                    .contains("(expected: a certificate that is valid now)", "clients will refuse");
        }
    }

    private static String option() throws Exception {
        return certificates.option();
    }
}
