package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.restassured.path.json.JsonPath;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** Which clients of {@code --stats} see what, and may change what. */
class StatsAccessTest {
    private static final String TOKEN = "b5c2f0d18a7e4c3996d1";
    private static final String BEARER = "Authorization: Bearer " + TOKEN;
    private static final String CONTROL = "Treadle-Control: yes";

    /** How many requests of random bytes; the whole hundred thousand by the property. */
    private static final int FUZZED = Integer.getInteger("treadle.stats.fuzzed", 3_000);

    private static TreadleProcess withToken;
    private static TreadleProcess plain;
    private static TreadleProcess controlled;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        Path file =
                Files.writeString(directory.resolve("token"), "# for monitors\n" + TOKEN + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        withToken = server("--stats=0.0.0.0:0", "--stats-token=" + file, "--stats-control");
        plain = server("--stats=0.0.0.0:0");
        controlled = server("--stats=:0", "--stats-control");
    }

    private static TreadleProcess server(String... options) throws IOException {
        String[] all = new String[options.length + 3];
        all[0] = "demo-server";
        all[1] = "--http=127.0.0.1:0";
        all[2] = "--sleep=10ms";
        System.arraycopy(options, 0, all, 3, options.length);
        return TreadleProcess.launcher(all);
    }

    @AfterAll
    static void stop() {
        withToken.close();
        plain.close();
        controlled.close();
    }

    /**
     * An address of this machine that is not on its loopback interface: it is as another machine's.
     */
    private static InetAddress other() throws SocketException {
        Optional<InetAddress> other =
                NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .filter(address ->
                                address instanceof Inet4Address && !address.isLoopbackAddress())
                        .findFirst();
        assumeTrue(other.isPresent(), "no address of this machine beside 127.0.0.1");
        return other.orElseThrow();
    }

    private static String ask(
            TreadleProcess server, InetAddress from, String request, String... fields)
            throws IOException {
        try (Socket client = new Socket()) {
            client.connect(new InetSocketAddress(from, server.statsAddress().getPort()));
            String head = request + " HTTP/1.1\r\n";
            if (!String.join("", fields).contains("Host:")) {
                head += "Host: localhost\r\n";
            }
            for (String field : fields) {
                head += field + "\r\n";
            }
            client.getOutputStream().write((head + "\r\n").getBytes(ISO_8859_1));
            return new String(client.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    private static String here(TreadleProcess server, String request, String... fields)
            throws IOException {
        return ask(server, InetAddress.getLoopbackAddress(), request, fields);
    }

    private static JsonPath numbers(TreadleProcess server, String... fields) throws IOException {
        return JsonPath.from(here(server, "GET /", fields).split("\r\n\r\n", 2)[1]);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"GET /", "HEAD /", "POST /-/drain", "GET /-/nothing", "GET //-/ready"})
    void anotherMachineSeesNothingWithoutAToken(String request) throws IOException {
        assertThat(ask(plain, other(), request)).startsWith("HTTP/1.1 403 ").doesNotContain("gate");
        assertThat(ask(withToken, other(), request))
                .startsWith("HTTP/1.1 401 ")
                .contains("\r\nWWW-Authenticate: Bearer\r\n")
                .doesNotContain("gate");
    }

    @Test
    void probesOfAnotherMachineNeedNoToken() throws IOException {
        assertThat(ask(plain, other(), "GET /-/ready")).startsWith("HTTP/1.1 200 ");
        assertThat(ask(withToken, other(), "GET /-/ready")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aTokenOpensItToAnotherMachine() throws IOException {
        assertThat(ask(withToken, other(), "GET /", BEARER))
                .startsWith("HTTP/1.1 200 ")
                .contains("\"gate\"");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "Authorization: Bearer wrong",
                "Authorization: Bearer ",
                "Authorization: Basic " + TOKEN,
                "Authorization: " + TOKEN,
                "Authorization: Bearer " + TOKEN + "0"
            })
    void aWrongTokenOpensNothing(String field) throws IOException {
        assertThat(ask(withToken, other(), "GET /", field)).startsWith("HTTP/1.1 401 ");
        assertThat(here(withToken, "GET /", field)).startsWith("HTTP/1.1 401 ");
        assertThat(here(plain, "GET /", field)).startsWith("HTTP/1.1 401 ");
    }

    /** A page of another site whose name points to this machine. */
    @Test
    void aNameIsNoHostOfThisMachine() throws IOException {
        assertThat(here(plain, "GET /", "Host: evil.example:9191")).startsWith("HTTP/1.1 403 ");
        assertThat(here(plain, "GET /", "Host: 10.2.3.4:9191")).startsWith("HTTP/1.1 403 ");
        assertThat(here(plain, "GET /", "Host: [::1]:9191")).startsWith("HTTP/1.1 200 ");
        assertThat(here(plain, "GET /", "Host: 127.0.0.1")).startsWith("HTTP/1.1 200 ");
    }

    /** A sidecar connects from this machine for others. */
    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {"Forwarded: for=10.2.3.4", "X-Forwarded-For: 10.2.3.4", "Via: 1.1 mesh"})
    void aProxyIsNotThisMachine(String field) throws IOException {
        assertThat(here(plain, "GET /", field)).startsWith("HTTP/1.1 403 ");
        assertThat(here(withToken, "GET /", field)).startsWith("HTTP/1.1 401 ");
        assertThat(here(controlled, "POST /-/drain", CONTROL, field)).startsWith("HTTP/1.1 403 ");
        assertThat(here(plain, "GET /-/ready", field)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void nothingIsChangedUnlessItIsAllowed() throws IOException {
        assertThat(here(plain, "POST /-/switch?virtual=7", CONTROL))
                .startsWith("HTTP/1.1 403 ")
                .contains("--stats-control");
        assertThat(here(controlled, "POST /-/switch?virtual=7"))
                .startsWith("HTTP/1.1 403 ")
                .contains("Treadle-Control");
        assertThat(here(withToken, "POST /-/switch?virtual=7", CONTROL))
                .startsWith("HTTP/1.1 401 ");
        assertThat(here(controlled, "GET /-/switch?virtual=7", CONTROL))
                .startsWith("HTTP/1.1 405 ")
                .contains("\r\nAllow: POST\r\n");
        for (TreadleProcess each : new TreadleProcess[] {plain, controlled, withToken}) {
            assertThat(numbers(each).getInt("switches")).isZero();
        }
    }

    @Test
    void aChangeTakesEffect() throws Exception {
        try (TreadleProcess server = server("--stats=127.0.0.1:0", "--stats-control")) {
            assertThat(here(server, "POST /-/switch?threads=7", CONTROL))
                    .startsWith("HTTP/1.1 200 ")
                    .endsWith("threads 7\n");
            assertThat(numbers(server).getString("model")).isEqualTo("threads");
            assertThat(numbers(server).getInt("gate.limit")).isEqualTo(7);
            assertThat(here(server, "POST /-/set?queue-timeout=3s&retry-after=2s", CONTROL))
                    .startsWith("HTTP/1.1 200 ");

            assertThat(here(server, "POST /-/drain", CONTROL)).startsWith("HTTP/1.1 200 ");
            await().until(() -> here(server, "GET /-/ready").startsWith("HTTP/1.1 503 "));
            assertThat(numbers(server).getBoolean("gate.draining")).isTrue();
            assertThat(here(server, "POST /-/resume", CONTROL)).startsWith("HTTP/1.1 200 ");
            await().until(() -> here(server, "GET /-/ready").startsWith("HTTP/1.1 200 "));
        }
    }

    @Test
    void aMistakeChangesNothing() throws IOException {
        Map<String, String> mistakes =
                new TreeMap<>(
                        Map.ofEntries(
                                entry("/-/switch", "threads=N, virtual=N and gevent=N"),
                                entry("/-/switch?gevent=", "gevent:"),
                                entry("/-/switch?gevent=0", "gevent: 0 (expected:"),
                                entry("/-/switch?gevent=1&threads=2", "switch: gevent, threads"),
                                entry("/-/switch?queue=5", "switch: queue"),
                                entry("/-/set", "queue-timeout=5s"),
                                entry("/-/set?quue=5", "did you mean queue"),
                                entry("/-/set?queue=%0d%0aX-Split:1", "queue:"),
                                entry("/-/set?listen=7", "listen: 7")));
        for (Map.Entry<String, String> mistake : mistakes.entrySet()) {
            assertThat(here(controlled, "POST " + mistake.getKey(), CONTROL))
                    .as(mistake.getKey())
                    .startsWith("HTTP/1.1 400 ")
                    .doesNotContain("\nX-Split")
                    .contains(mistake.getValue());
        }
        assertThat(here(controlled, "POST /-/set?queue=%zz", CONTROL)).startsWith("HTTP/1.1 400 ");
        assertThat(numbers(controlled).getInt("switches")).isZero();
    }

    /** Random bytes, and requests that are nearly right. */
    @Test
    void nonsenseDisturbsNobody() throws IOException {
        Random random = new Random(16);
        String[] words = {
            "GET ",
            "POST ",
            "/",
            "/-/ready",
            "/-/set?",
            "/-/requests",
            "gevent=",
            "%",
            "%00",
            "&",
            "?",
            " HTTP/1.1",
            "\r\n",
            "\r\n\r\n",
            "Host:",
            "Authorization: Bearer ",
            ":",
            "\0",
            "\u00ff",
            "..",
            CONTROL,
            " "
        };
        for (int i = 0; i < FUZZED; i++) {
            StringBuilder request = new StringBuilder();
            int parts = random.nextInt(12);
            for (int part = 0; part < parts; part++) {
                request.append(words[random.nextInt(words.length)]);
            }
            byte[] bytes = request.toString().getBytes(ISO_8859_1);
            if (random.nextInt(4) == 0) {
                bytes = new byte[random.nextInt(9_000)];
                random.nextBytes(bytes);
            }
            try (Socket client =
                    new Socket(
                            InetAddress.getLoopbackAddress(),
                            controlled.statsAddress().getPort())) {
                client.getOutputStream().write(bytes);
                if (random.nextBoolean()) {
                    client.shutdownOutput();
                    client.getInputStream().readAllBytes();
                }
            } catch (IOException reset) {
                // the server may answer and close before it has read all of the nonsense
                assertThat(reset).isInstanceOf(SocketException.class);
            }
        }
        assertThat(numbers(controlled).getInt("switches")).isZero();
        assertThat(numbers(controlled).getString("model")).isEqualTo("gevent");
        assertThat(controlled.warnings()).isEmpty();
    }
}
