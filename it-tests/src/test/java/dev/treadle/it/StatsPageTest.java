package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.restassured.path.json.JsonPath;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The page at the address of {@code --stats}, in Chromium. */
class StatsPageTest {
    /** A path that would be markup, if the page took it for some. */
    private static final String NASTY = "/%3Cimg%20src=x%20onerror=document.title=1%3E";

    private static final List<Socket> CLIENTS = new ArrayList<>();

    private static @Nullable TreadleProcess started;

    @BeforeAll
    static void start() throws Exception {
        started =
                TreadleProcess.launcher(
                        "demo-server",
                        "--http=127.0.0.1:0",
                        "--stats=:0",
                        "--stats-control",
                        "--gevent=3",
                        "--queue-timeout=1h",
                        "--sleep=3600s"); // longer than all tests take
        for (String path : List.of(NASTY, "/orders", "/orders", "/queued")) {
            Socket client =
                    new Socket(InetAddress.getLoopbackAddress(), server().address().getPort());
            CLIENTS.add(client);
            client.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(US_ASCII));
        }
        await().atMost(PATIENCE)
                .until(() -> JsonPath.from(get("/").body()).getInt("gate.queue.waiting") == 1);
    }

    @AfterAll
    static void stop() throws IOException {
        for (Socket client : CLIENTS) {
            client.close();
        }
        server().close();
    }

    private static TreadleProcess server() {
        TreadleProcess server = started;
        if (server == null) {
            throw new IllegalStateException("the server: not started");
        }
        return server;
    }

    private static URI at(String path) {
        return URI.create("http://127.0.0.1:" + server().statsAddress().getPort() + path);
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(at(path)).build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void itLoadsNothingFromElsewhere() throws Exception {
        for (String file : List.of("/-/", "/-/page.css", "/-/page.js")) {
            HttpResponse<String> answer = get(file);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
                    .startsWith("default-src 'none'; script-src 'self'; style-src 'self';");
            assertThat(answer.body().replace("http://www.w3.org/2000/svg", ""))
                    .doesNotContain("http://", "https://", "innerHTML");
        }
    }

    private static Path chromium() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .flatMap(each ->
                        Stream.of("chromium", "chromium-browser", "google-chrome")
                                .map(name -> Path.of(each, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(Path.of("/no/chromium"));
    }

    /** The width of a desktop and of a phone, light and dark. */
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"1280,light", "1280,dark", "400,light", "400,dark"})
    void itShowsTheServer(int width, String scheme, @TempDir Path directory) throws Exception {
        assumeTrue(Files.isExecutable(chromium()), "Chromium is not installed");
        Path errors = directory.resolve("errors");
        Path page = directory.resolve("page");
        Process browser =
                new ProcessBuilder(
                                chromium().toString(),
                                "--headless",
                                "--no-sandbox", // which root cannot have
                                "--disable-gpu",
                                "--user-data-dir=" + directory.resolve("profile"),
                                "--enable-logging=stderr",
                                "--blink-settings=preferredColorScheme="
                                        + (scheme.equals("dark") ? 0 : 1),
                                "--window-size=" + width + ",900",
                                "--virtual-time-budget=4000",
                                "--dump-dom",
                                at("/-/").toString())
                        .redirectOutput(page.toFile())
                        .redirectError(errors.toFile())
                        .start();
        boolean ended = browser.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        browser.destroyForcibly();
        assertThat(ended).as("the browser, after %s", PATIENCE).isTrue();
        assertThat(Files.readString(errors, UTF_8).lines().filter(line -> line.contains("CONSOLE")))
                .isEmpty();
        assertThat(Files.readString(page, UTF_8))
                .contains("<title>Treadle</title>", "gevent 3 · ", ">ready</p>")
                .contains("<dt>inside, of N</dt><dd>3 / 3</dd>")
                .contains("<dt>queued</dt><dd>1</dd>")
                .contains("<span class=\"count\">3</span><span>sleep</span>")
                .contains("SleepServlet.doGet")
                .contains("GET /&lt;img src=x onerror=document.title=1&gt;")
                .containsPattern("<polyline class=\"a\" points=\"[\\d., ]+\"")
                .contains("<section id=\"control\">");
    }
}
