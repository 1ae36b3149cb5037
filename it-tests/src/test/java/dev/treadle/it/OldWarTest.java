package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * An old application: converted, with the classes of the container first, and a login by digest.
 */
class OldWarTest {
    @TempDir Path directory = Path.of("");

    static Stream<String> containers() {
        return Cell.containers();
    }

    @ParameterizedTest
    @MethodSource("containers")
    void isConvertedAndServed(String container) throws Exception {
        Path users =
                Files.writeString(
                        directory.resolve("users"),
                        """
                        alice: wonderland, reader
                        carol: pbkdf2:1000:AAECAwQFBgc=:BrIIsOh3FTK125gU1Mm1+InxC8v6qKGZdocKPa0IiYc=, reader
                        """);
        try (TreadleProcess server =
                        TreadleProcess.launcher(
                                "--http=127.0.0.1:0",
                                "--container=" + container,
                                "--migrate",
                                "--parent-first",
                                "--users=" + users,
                                "--war=" + OldWar.write(directory.resolve("old.war")));
                Web web = new Web(server.address())) {
            assertThat(web.get("/page.jsp").body())
                    .isEqualTo("jakarta.servlet.http.HttpServletRequest");
            assertThat(web.get("/where?class=" + GivenWar.TWICE).body())
                    .contains("/lib/jctools-core");
            assertThat(login(web, "alice", "wonderland").body()).isEqualTo("hello alice");
            assertThat(login(web, "alice", "easter").statusCode()).isEqualTo(401);
            assertThat(login(web, "eve", "wonderland").statusCode()).isEqualTo(401);
            // of a hash no digest can be made, nor one of the text that stands for nothing
            assertThat(login(web, "carol", "christmas").statusCode()).isEqualTo(401);
            assertThat(login(web, "carol", "null").statusCode()).isEqualTo(401);
        }
    }

    private static HttpResponse<String> login(Web web, String user, String password)
            throws Exception {
        HttpResponse<String> challenged = web.get("/old");
        assertThat(challenged.statusCode()).isEqualTo(401);
        Digest digest = Digest.offeredIn(challenged);
        assertThat(digest.realm()).isEqualTo("Old");
        return web.getWith("/old", "Authorization", digest.answer(user, password, "/old"));
    }
}
