package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Harakiri strikes while a JSP compiles. */
class JspHarakiriTest {

    /** Less than a first compilation takes: its compiler has some hundred classes to load. */
    private static final String HARAKIRI = "treadle.harakiri=100ms\n";

    static Stream<String> containers() {
        return Cell.containers();
    }

    /** One server for each container: SIGHUP changes its model, and each page is a new one. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void thePageIsThereForTheNextRequest(String container, @TempDir Path directory)
            throws Exception {
        Path config =
                Files.writeString(
                        directory.resolve("treadle.properties"), HARAKIRI + "treadle.gevent=9\n");
        try (TreadleProcess server =
                        TreadleProcess.launcher(
                                "--http=127.0.0.1:0",
                                "--container=" + container,
                                "--config=" + config,
                                "--war=" + war(directory));
                Web web = new Web(server.address())) {
            assertPageComes(web, "a");
            assertPageComes(web, "b");
            for (String model : List.of("virtual", "threads")) {
                Files.writeString(config, HARAKIRI + "treadle." + model + "=9\n");
                server.hangUp();
                await().atMost(PATIENCE)
                        .until(() -> server.out().contains("switched to " + model + " 9"));
                assertPageComes(web, model);
            }
            assertThat(server.err())
                    .doesNotContain("ClassNotFoundException: ", "JasperException: ");
        }
    }

    private static Path war(Path directory) throws Exception {
        TestWar war = TestWar.with("");
        for (String page : List.of("a", "b", "virtual", "threads")) {
            war.add(
                    page + ".jsp",
                    "<% java.util.List<String> words = java.util.List.of(\"page\", \""
                            + page
                            + "\"); out.print(String.join(\" \", words)); %>");
        }
        return war.write(directory.resolve("pages.war"));
    }

    /** On a machine that is busy several requests may be struck, and each gets 503. */
    private static void assertPageComes(Web web, String page) {
        await().atMost(PATIENCE)
                .until(() -> {
                    HttpResponse<String> answer = web.get("/" + page + ".jsp");
                    assertThat(answer.statusCode()).as(answer.body()).isIn(200, 503);
                    if (answer.statusCode() == 200) {
                        assertThat(answer.body()).startsWith("page " + page);
                    }
                    return answer.statusCode() == 200;
                });
    }
}
