package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** {@code --static}: files beside the application, and no way to other ones. */
class StaticFilesTest {
    private static final String SECRET = "not for everybody";

    @TempDir Path directory = Path.of("");
    private Path files = Path.of("");

    static Stream<String> containers() {
        return Cell.containers();
    }

    @BeforeEach
    void makeFiles() throws Exception {
        files = Files.createDirectory(directory.resolve("files"));
        Files.writeString(directory.resolve("secret.txt"), SECRET);
        Files.writeString(directory.resolve("files-secret.txt"), SECRET);
        Files.writeString(files.resolve("app.css"), "0123456789");
        Files.createDirectory(files.resolve("empty"));
        Files.writeString(files.resolve("empty").resolve("listed.txt"), "found by its name");
        Path page = Files.createDirectory(files.resolve("page"));
        Files.writeString(page.resolve("index.html"), "the index");
        Files.createSymbolicLink(files.resolve("file-link"), directory.resolve("secret.txt"));
        Files.createSymbolicLink(files.resolve("directory-link"), directory);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void filesAreServedAndNothingElse(String container) throws Exception {
        try (TreadleProcess server =
                        TreadleProcess.launcher(
                                "--http=127.0.0.1:0",
                                "--h2c",
                                "--container=" + container,
                                "--static=/static=" + files,
                                "--static=/more/of/it=" + files.resolve("page"),
                                "--war=" + Places.exampleWar());
                Web web = new Web(server.address())) {
            assertServes(web);
            assertConditions(web);
            assertNoWayOut(server.address());
        }
    }

    private static void assertServes(Web web) throws Exception {
        HttpResponse<String> css = web.get("/static/app.css");
        assertThat(css.body()).isEqualTo("0123456789");
        assertThat(css.headers().firstValue("Content-Type").orElse("")).startsWith("text/css");
        assertThat(web.get("/static/page/").body()).isEqualTo("the index");
        assertThat(web.get("/more/of/it/index.html").body()).isEqualTo("the index");
        assertThat(web.get("/hello").body()).startsWith("hello from");

        assertThat(web.get("/static/none.css").statusCode()).isEqualTo(404);
        for (String listing : List.of("/static/", "/static/empty/", "/static/empty")) {
            HttpResponse<String> answer = web.get(listing);
            assertThat(answer.statusCode()).as(listing).isIn(302, 301, 403, 404);
            assertThat(answer.body()).as(listing).doesNotContain("listed", "app.css");
        }
    }

    private static void assertConditions(Web web) throws Exception {
        HttpResponse<String> css = web.get("/static/app.css");
        String modified = css.headers().firstValue("Last-Modified").orElseThrow();
        assertThat(web.getWith("/static/app.css", "If-Modified-Since", modified).statusCode())
                .isEqualTo(304);
        css.headers()
                .firstValue("ETag")
                .ifPresent(tag -> {
                    try {
                        assertThat(
                                        web.getWith("/static/app.css", "If-None-Match", tag)
                                                .statusCode())
                                .isEqualTo(304);
                    } catch (IOException | InterruptedException failed) {
                        throw new IllegalStateException(failed);
                    }
                });
        HttpResponse<String> part = web.getWith("/static/app.css", "Range", "bytes=2-4");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo("234");
    }

    private static void assertNoWayOut(URI root) throws Exception {
        for (String path :
                List.of(
                        "/static/../secret.txt",
                        "/static/..%2fsecret.txt",
                        "/static/%2e%2e/secret.txt",
                        "/static/%2e%2e%2fsecret.txt",
                        "/static/.%2e/secret.txt",
                        "/static/..;/secret.txt",
                        "/static/..;x=1/secret.txt",
                        "/static/page/../../secret.txt",
                        "/static/..%5csecret.txt",
                        "/static/..%255csecret.txt",
                        "/static/%252e%252e/secret.txt",
                        "/static//../secret.txt",
                        "/static-secret.txt",
                        "/static/.../secret.txt",
                        "/static/app.css%00/../../secret.txt",
                        "/static/file-link",
                        "/static/directory-link/secret.txt",
                        "/static/directory-link/files/app.css",
                        "/more/of/it/../secret.txt",
                        "/more/of/it/%2e%2e/app.css",
                        "/more/of/it/..;/app.css")) {
            String answer = RawHttp.get(root, path);
            assertThat(RawHttp.status(answer)).as(path).isNotEqualTo(200);
            assertThat(answer).as(path).doesNotContain(SECRET, "0123456789");
            assertThat(overHttp2(root, path)).as(path).doesNotContain(SECRET, "0123456789");
        }
    }

    /** Returns the body; nothing if the stream or the connection was closed on it. */
    private static String overHttp2(URI root, String path) {
        try {
            return Http2Frames.get(root, path);
        } catch (IOException closed) {
            return "";
        }
    }
}
