package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The access log, the log of slow requests and the log as JSON. */
class AccessLogTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Stream<String> containers() {
        return Cell.containers();
    }

    private static TreadleProcess start(String container, String... more) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("--http", "127.0.0.1:0", "--container", container));
        arguments.addAll(List.of("--war", Places.exampleWar().toString()));
        arguments.addAll(List.of(more));
        return TreadleProcess.launcher(arguments.toArray(String[]::new));
    }

    /** Waits for the line of the request with this target. */
    private static String line(Path log, String target) throws Exception {
        await().atMost(PATIENCE).until(() -> lines(log).stream().anyMatch(l -> l.contains(target)));
        return lines(log).stream().filter(l -> l.contains(target)).findFirst().orElseThrow();
    }

    private static List<String> lines(Path log) throws Exception {
        return Files.readAllLines(log, StandardCharsets.US_ASCII);
    }

    private static void assertLine(String line, String request, int status, String rest) {
        assertThat(line)
                .matches(
                        "127\\.0\\.0\\.1 - - \\[\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d"
                                + " [+-]\\d{4}] \""
                                + Pattern.quote(request)
                                + "\" "
                                + status
                                + " [\\d-]+ "
                                + rest);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void eachRequestHasItsLine(String container, @TempDir Path directory) throws Exception {
        Path log = directory.resolve("access.log");
        try (TreadleProcess server =
                        start(
                                container,
                                "--access-log=" + log,
                                "--log-slow=1400ms",
                                "--gevent=1",
                                "--hubs=1",
                                "--queue=0",
                                "--h2c");
                Web web = new Web(server.address())) {
            web.getWith("/thread?a=1", "Referer", "http://x/", "User-Agent", "me 1.0");
            assertLine(
                    line(log, "/thread?a=1"),
                    "GET /thread?a=1 HTTP/1.1",
                    200,
                    "\"http://x/\" \"me 1\\.0\" queueMillis=\\d+\\.\\d{3} runMillis=\\d+\\.\\d{3}"
                            + " hub=0 slices=\\d+");

            Http2Frames.get(server.address(), "/thread?h2");
            assertThat(line(log, "/thread?h2")).contains("\"GET /thread?h2 HTTP/2.0\" 200 ");

            RawHttp.get(server.address(), "/thread?raw", "User-Agent: a\"b\\c\td\u00e9");
            assertThat(line(log, "/thread?raw")).contains("\"a\\x22b\\x5cc\\x09d\\xe9\"");

            aRefusedOneAndASlowOne(server, web, log);
            whereAMalformedOneIsSeen(container, server, log);
            theFileMayBeRotated(server, web, log);

            try (BufferedReader last = web.begin("/slow?millis=1000&last")) {
                assertThat(last.readLine()).isEqualTo("begun");
                server.terminate();
                assertThat(last.readLine()).isEqualTo("finished");
            }
            assertThat(server.exitCode()).as(server.err()).isZero();
            assertThat(lines(log)).anyMatch(line -> line.contains("&last HTTP/1.1\" 200"));
        }
    }

    private static void aRefusedOneAndASlowOne(TreadleProcess server, Web web, Path log)
            throws Exception {
        try (BufferedReader slow = web.begin("/slow?millis=1500&secret=1")) {
            assertThat(web.get("/thread?refused").statusCode()).isEqualTo(503);
            assertThat(slow.readLine()).isEqualTo("begun");
            assertThat(slow.readLine()).isEqualTo("finished");
        }
        assertLine(
                line(log, "/thread?refused"),
                "GET /thread?refused HTTP/1.1",
                503,
                "\"-\" \"Java-http-client/.*\" queueMillis=\\d+\\.\\d{3} runMillis=- hub=- slices=-");
        assertThat(line(log, "/slow?millis=1500"))
                .containsPattern("runMillis=(1[5-9]|[2-9]\\d|\\d{3,})\\d\\d\\.");
        await().atMost(PATIENCE).until(() -> server.err().contains("slow request: GET /slow took"));
        assertThat(server.err())
                .containsPattern(
                        "WARNING dev\\.treadle\\.launcher: slow request: GET /slow took \\d{4,} ms"
                                + " \\(queue \\d+ ms, run \\d{4,} ms, hub 0\\), status 200, client"
                                + " 127\\.0\\.0\\.1")
                .doesNotContain("secret");
    }

    /** Undertow's parser answers it without any handler. */
    private static void whereAMalformedOneIsSeen(String container, TreadleProcess server, Path log)
            throws Exception {
        String answer = RawHttp.get(server.address(), "/thread?malformed", "no header");
        assertThat(RawHttp.status(answer)).isEqualTo(400);
        if (!container.equals("undertow")) {
            await().atMost(PATIENCE)
                    .until(() -> lines(log).stream().anyMatch(line -> line.contains("\" 400 ")));
        }
    }

    /** Moved and opened anew at SIGHUP, or copied and cut. */
    private static void theFileMayBeRotated(TreadleProcess server, Web web, Path log)
            throws Exception {
        Path moved = Files.move(log, log.resolveSibling("access.log.1"));
        web.get("/thread?moved");
        assertThat(line(moved, "/thread?moved")).isNotEmpty();
        server.hangUp();
        await().atMost(PATIENCE).until(() -> Files.exists(log));
        web.get("/thread?anew");
        assertThat(line(log, "/thread?anew")).isNotEmpty();
        assertThat(lines(moved)).noneMatch(line -> line.contains("?anew"));

        Files.write(log, new byte[0]);
        web.get("/thread?cut");
        assertThat(line(log, "/thread?cut")).startsWith("127.0.0.1");
        assertThat(Files.readString(log)).doesNotContain("\0", "?anew");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void everyLineIsAnObjectOfJson(String container) throws Exception {
        try (TreadleProcess server =
                        start(
                                container,
                                "--log-format=json",
                                "--access-log=-",
                                "--log-slow=1ms",
                                "--virtual=5");
                Web web = new Web(server.address())) {
            web.get("/broken");
            web.getWith("/slow?millis=20", "User-Agent", "\"\u00e9\"");
            await().atMost(PATIENCE)
                    .until(() -> server.out().contains("/slow") && server.err().contains("/slow"));
            server.terminate();
            assertThat(server.exitCode()).isZero();

            List<JsonNode> slow = new ArrayList<>();
            for (String line : server.out().lines().toList()) {
                JsonNode object = JSON.readTree(line);
                if (object.path("target").asText().startsWith("/slow")) {
                    slow.add(object);
                }
            }
            assertThat(slow).hasSize(1);
            assertThat(slow.getFirst().path("status").asInt()).isEqualTo(200);
            assertThat(slow.getFirst().path("runMillis").asDouble()).isBetween(19.0, 60_000.0);
            assertThat(slow.getFirst().has("hub")).isFalse();

            boolean withException = false;
            for (String line : server.err().lines().toList()) {
                JsonNode object = JSON.readTree(line);
                assertThat(object.path("level").asText()).as(line).isNotEmpty();
                withException |= object.path("exception").asText().contains("broken on purpose");
            }
            assertThat(withException).as(server.err()).isTrue();
        }
    }

    /** The log is a pipe that is open and not read: its few bytes are soon full. */
    @Test
    void aDiskThatIsHeldHoldsNoRequest(@TempDir Path directory) throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        CompletableFuture<InputStream> reader =
                CompletableFuture.supplyAsync(() -> {
                    try {
                        return new FileInputStream(pipe.toFile());
                    } catch (Exception broken) {
                        throw new IllegalStateException(broken);
                    }
                });
        try (TreadleProcess server = start("undertow", "--access-log=" + pipe)) {
            int port = server.address().getPort();
            int requests = 10_000;
            assertThat(answers(port, requests)).isEqualTo(requests);
            await().atMost(PATIENCE)
                    .until(() ->
                            server.err()
                                    .contains("lines were dropped: they came faster than they"));
            try (InputStream held = reader.get()) {
                assertThat(held.read()).isEqualTo('1');
            }
        }
    }

    /** Sends so many requests on one connection, and returns how many were answered. */
    private static int answers(int port, int requests) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            byte[] request =
                    "GET /thread HTTP/1.1\r\nHost: here\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII);
            CompletableFuture<Void> sent =
                    CompletableFuture.runAsync(() -> {
                        try {
                            for (int i = 0; i < requests; i++) {
                                socket.getOutputStream().write(request);
                            }
                        } catch (Exception broken) {
                            throw new IllegalStateException(broken);
                        }
                    });
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.US_ASCII));
            int answers = 0;
            while (answers < requests) {
                String line = in.readLine();
                if (line == null) {
                    break;
                }
                answers += line.contains("HTTP/1.1 200") ? 1 : 0;
            }
            sent.get();
            return answers;
        }
    }
}
