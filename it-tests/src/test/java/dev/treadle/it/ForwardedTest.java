package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the application sees of a client behind a proxy, and of one that only claims to be. */
class ForwardedTest {
    private static final String PROXY = "127.0.0.1";
    private static final String STRANGER = "127.0.0.2";

    @TempDir static Path directory = Path.of("");
    private static Path war = Path.of("");

    @BeforeAll
    static void makeWar() throws Exception {
        war = Mirror.war(directory.resolve("mirror.war"));
    }

    static Stream<String> containers() {
        return Cell.containers();
    }

    private static TreadleProcess start(String container, String... more) throws Exception {
        return TreadleProcess.launcher(
                Stream.concat(
                                Stream.of(
                                        "--http=127.0.0.1:0",
                                        "--container=" + container,
                                        "--war=" + war),
                                Stream.of(more))
                        .toArray(String[]::new));
    }

    /** Gets the mirror by the name shop:81, from an address of the loopback interface. */
    private static String get(URI root, String from, String... headers) throws IOException {
        String request =
                "GET /mirror/a HTTP/1.1\r\nHost: shop:81\r\nConnection: close\r\n"
                        + String.join("\r\n", headers)
                        + (headers.length == 0 ? "" : "\r\n")
                        + "\r\n";
        try (Socket socket =
                new Socket(
                        InetAddress.getLoopbackAddress(),
                        root.getPort(),
                        InetAddress.getByName(from),
                        0)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
            assertThat(answer).startsWith("HTTP/1.1 200");
            List<String> lines = answer.lines().toList();
            return lines.stream()
                    .filter(line -> line.contains("/mirror/a"))
                    .findFirst()
                    .orElse(answer)
                    .replaceFirst("^\\[([^]]*)]", "$1"); // Jetty's form of an address
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void trustedProxiesAreBelieved(String container, @TempDir Path logs) throws Exception {
        Path log = logs.resolve("access.log");
        try (TreadleProcess server =
                start(
                        container,
                        "--forwarded",
                        "--forwarded-from=127.0.0.1,10.0.0.0/8,fd00::/8",
                        "--access-log=" + log)) {
            URI root = server.address();
            String[][] cases = {
                // the headers, separated by bars; what the application sees
                {"", "127.0.0.1 http://shop:81/mirror/a shop 81 plain"},
                {
                    "X-Forwarded-For: 203.0.113.9",
                    "203.0.113.9 http://shop:81/mirror/a shop 81 plain"
                },
                {
                    "X-Forwarded-For: 203.0.113.9|X-Forwarded-Proto: https",
                    "203.0.113.9 https://shop:81/mirror/a shop 81 secure"
                },
                {
                    "X-Forwarded-Proto: https|X-Forwarded-Host: www.example",
                    "127.0.0.1 https://www.example/mirror/a www.example 443 secure"
                },
                {
                    "X-Forwarded-Proto: https|X-Forwarded-Host: www.example:8443",
                    "127.0.0.1 https://www.example:8443/mirror/a www.example 8443 secure"
                },
                {
                    "X-Forwarded-Proto: https|X-Forwarded-Host: www.example|X-Forwarded-Port: 444",
                    "127.0.0.1 https://www.example:444/mirror/a www.example 444 secure"
                },
                {
                    "X-Forwarded-Proto: https|X-Forwarded-Port: 443",
                    "127.0.0.1 https://shop/mirror/a shop 443 secure"
                },
                // the client has made up what stands before its own address
                {
                    "X-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.1.2.3",
                    "203.0.113.9 http://shop:81/mirror/a shop 81 plain"
                },
                {
                    "X-Forwarded-For: 6.6.6.6|X-Forwarded-For: 203.0.113.9",
                    "203.0.113.9 http://shop:81/mirror/a shop 81 plain"
                },
                {
                    "X-Forwarded-For: 203.0.113.9:4711",
                    "203.0.113.9 http://shop:81/mirror/a shop 81 plain"
                },
                {
                    "X-Forwarded-For: 10.1.2.3, 10.1.2.4",
                    "10.1.2.3 http://shop:81/mirror/a shop 81 plain"
                },
                {
                    "X-Forwarded-For: [2001:db8::7]:99, fd00::1",
                    "2001:db8:0:0:0:0:0:7 http://shop:81/mirror/a shop 81 plain"
                },
                // what is no address, scheme, host or port
                {
                    "X-Forwarded-For: 6.6.6.6, localhost, 10.1.2.3",
                    "10.1.2.3 http://shop:81/mirror/a shop 81 plain"
                },
                {
                    "X-Forwarded-For: 999.1.1.1|X-Forwarded-Proto: gopher|X-Forwarded-Port: 70000"
                            + "|X-Forwarded-Host: a/b",
                    "127.0.0.1 http://shop:81/mirror/a shop 81 plain"
                },
                // the other header comes from the client
                {
                    "Forwarded: for=6.6.6.6;proto=https;host=evil",
                    "127.0.0.1 http://shop:81/mirror/a shop 81 plain"
                },
            };
            for (String[] each : cases) {
                String[] headers = each[0].isEmpty() ? new String[0] : each[0].split("\\|");
                assertThat(get(root, PROXY, headers)).as(each[0]).isEqualTo(each[1]);
            }
            assertThat(
                            get(
                                    root,
                                    STRANGER,
                                    "X-Forwarded-For: 203.0.113.9",
                                    "X-Forwarded-Proto: https",
                                    "X-Forwarded-Host: evil",
                                    "X-Forwarded-Port: 1"))
                    .isEqualTo("127.0.0.2 http://shop:81/mirror/a shop 81 plain");
            await().atMost(PATIENCE)
                    .until(() -> Files.readString(log).contains("\n127.0.0.2 - - ["));
            assertThat(Files.readString(log)).contains("\n203.0.113.9 - - [");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void rfc7239IsAnotherChoice(String container) throws Exception {
        try (TreadleProcess server = start(container, "--forwarded=forwarded")) {
            URI root = server.address();
            String[][] cases = {
                {
                    "Forwarded: for=203.0.113.9;proto=https;host=www.example",
                    "203.0.113.9 https://www.example/mirror/a www.example 443 secure"
                },
                {
                    "Forwarded: For=\"[2001:db8::7]:99\"; Proto=https ;by=10.0.0.1",
                    "2001:db8:0:0:0:0:0:7 https://shop:81/mirror/a shop 81 secure"
                },
                {
                    "Forwarded: for=6.6.6.6;host=evil, for=203.0.113.9;host=\"www.example:8080\""
                            + ", for=10.1.1.1;proto=https",
                    "203.0.113.9 http://www.example:8080/mirror/a www.example 8080 plain"
                },
                {
                    "Forwarded: for=6.6.6.6, for=unknown;proto=https",
                    "127.0.0.1 https://shop:81/mirror/a shop 81 secure"
                },
                {
                    "Forwarded: for=\"_hidden, for=6.6.6.6\"",
                    "127.0.0.1 http://shop:81/mirror/a shop 81 plain"
                },
                {
                    "X-Forwarded-For: 6.6.6.6|X-Forwarded-Proto: https",
                    "127.0.0.1 http://shop:81/mirror/a shop 81 plain"
                },
            };
            for (String[] each : cases) {
                assertThat(get(root, PROXY, each[0].split("\\|"))).as(each[0]).isEqualTo(each[1]);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void withoutTheOptionNobodyIsBelieved(String container) throws Exception {
        try (TreadleProcess server = start(container)) {
            assertThat(
                            get(
                                    server.address(),
                                    PROXY,
                                    "X-Forwarded-For: 203.0.113.9",
                                    "X-Forwarded-Proto: https",
                                    "X-Forwarded-Host: evil",
                                    "Forwarded: for=203.0.113.9;proto=https;host=evil"))
                    .isEqualTo("127.0.0.1 http://shop:81/mirror/a shop 81 plain");
        }
    }
}
