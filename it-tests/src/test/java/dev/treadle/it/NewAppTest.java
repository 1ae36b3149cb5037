package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An application made from docs/spring-boot.md alone, {@code it-tests/new-app}: the build has run
 * its tests, with MockMvc and with a server. Here it is packed as layers, started with {@code
 * --gevent 500}, and stopped under load, and no warning is logged.
 */
final class NewAppTest {
    private static final int USERS = 100;
    private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");
    private static final Pattern STARTED = Pattern.compile("Started ShopApplication in ");
    private static final Pattern XML = Pattern.compile("(?s)```xml\n(.*?)```");

    @Test
    void whatTheDocumentationSaysIsAllThereIsOfIt() throws Exception {
        String pom = withoutBlanks(Files.readString(Places.newApp().resolve("pom.xml")));
        String docs = Files.readString(Places.root().resolve("docs").resolve("spring-boot.md"));
        Matcher parts = XML.matcher(docs);
        List<String> found = new ArrayList<>();
        while (parts.find()) {
            found.add(withoutBlanks(parts.group(1)));
        }
        assertThat(found).hasSize(3).allSatisfy(part -> assertThat(pom).contains(part));
        assertThat(Places.newApp().resolve("src/main/resources/application.properties"))
                .hasContent("treadle.gevent=1000");
        assertThat(docs).contains("```properties\ntreadle.gevent=1000\n```");
    }

    private static String withoutBlanks(String text) {
        return text.replaceAll("\\s+", "");
    }

    @Test
    void asLayersItIsStartedAndStoppedUnderLoadWithoutAWarning(@TempDir Path directory)
            throws Exception {
        Layers.layers(
                Places.newApp().resolve("target").resolve("new-app-0.1.0.jar"),
                directory,
                "--layers");
        ProcessBuilder command =
                new ProcessBuilder(
                                Places.java().toString(),
                                "-Xmx512m",
                                "-jar",
                                "new-app-0.1.0.jar",
                                "--server.port=0",
                                "--gevent",
                                "500",
                                "--treadle.drain-delay=1s")
                        .directory(Layers.merge(directory).toFile());
        try (TreadleProcess process = TreadleProcess.start(command, Map.of());
                ExecutorService users = Executors.newVirtualThreadPerTaskExecutor()) {
            process.awaitOut(STARTED);
            URI address = URI.create("http://127.0.0.1:" + process.awaitOut(PORT).group(1));
            AtomicInteger served = new AtomicInteger();
            List<Future<Void>> all = new ArrayList<>();
            try (Web web = new Web(address)) {
                Callable<Void> user =
                        () -> {
                            boolean toldToLeave = false;
                            while (!toldToLeave) {
                                HttpResponse<String> answer = web.get("/checkout?ms=20");
                                assertThat(answer.statusCode()).isEqualTo(200);
                                assertThat(answer.body()).startsWith("treadle-gevent-");
                                served.incrementAndGet();
                                toldToLeave =
                                        answer.headers().allValues("Connection").contains("close");
                            }
                            return null;
                        };
                for (int i = 0; i < USERS; i++) {
                    all.add(users.submit(user));
                }
                await().atMost(PATIENCE).until(() -> served.get() > 10 * USERS);
                process.terminate();
                for (Future<Void> each : all) {
                    each.get();
                }
            }
            assertThat(process.exitCode()).isEqualTo(143); // 128 + SIGTERM
            assertThat(process.out())
                    .contains(
                            "Treadle "
                                    + System.getProperty("treadle.version")
                                    + ": gevent 500 on ");
            assertThat(BootLog.warningsOfOurs(process.out())).isEmpty();
            assertThat(process.err()).isEmpty();
        }
    }
}
