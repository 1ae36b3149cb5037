package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@code treadle doctor} finds planted faults, and nothing in an application without any. */
class DoctorTest {
    private static final int CLIENTS = 20;
    private static final String NOTHING = "no fault seen in 6 looks";

    private static @Nullable TreadleProcess started;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        Path jndi =
                Files.writeString(
                        directory.resolve("jndi"),
                        """
                        jdbc/shop = datasource
                        jdbc/shop.url = jdbc:h2:mem:shop
                        jdbc/shop.size = 2
                        """);
        Files.setPosixFilePermissions(jndi, PosixFilePermissions.fromString("rw-------"));
        started =
                TreadleProcess.launcher(
                        "--http=127.0.0.1:0",
                        "--stats=:0",
                        "--gevent=100",
                        "--jndi=" + jndi,
                        "--war=" + FaultyWar.write(directory.resolve("faulty.war")));
        server().startLine();
    }

    @AfterAll
    static void stop() {
        server().close();
    }

    private static TreadleProcess server() {
        TreadleProcess server = started;
        if (server == null) {
            throw new IllegalStateException("the server: not started");
        }
        return server;
    }

    /** Lets clients ask for the path, again and again, while the doctor looks. */
    private static String diagnosis(String path, int clients) throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        URI where = server().address().resolve(path);
        List<Thread> threads = new ArrayList<>();
        try (HttpClient client = HttpClient.newHttpClient()) {
            get(client, where); // what a first request loads is not what is looked for
            for (int i = 0; i < clients; i++) {
                threads.add(
                        Thread.ofVirtual()
                                .start(() -> {
                                    while (!ended.get()) {
                                        get(client, where);
                                    }
                                }));
            }
            try {
                return doctor();
            } finally {
                ended.set(true);
                for (Thread thread : threads) {
                    thread.join();
                }
            }
        }
    }

    private static void get(HttpClient client, URI where) {
        try {
            HttpResponse<String> answer =
                    client.send(
                            HttpRequest.newBuilder(where).build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static String doctor() throws Exception {
        try (TreadleProcess doctor =
                TreadleProcess.launcher(
                        "doctor", "--for=6", ":" + server().statsAddress().getPort())) {
            assertThat(doctor.exitCode()).as(doctor.err()).isZero();
            return doctor.out();
        }
    }

    @Test
    void anApplicationWithoutFaultsHasNone() throws Exception {
        assertThat(diagnosis("/fine", CLIENTS)).isEqualToIgnoringNewLines(NOTHING);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    /pool | a pool behind the application is smaller than N (100) | HikariPool.getConnection | FaultyWar$PoolServlet.doGet(FaultyWar.java: | raise the pool
                    /lock | requests wait for one lock | lock in | FaultyWar$LockServlet.doGet(FaultyWar.java: | hold the lock shorter
                    /http | the pool of an HTTP client is smaller than what asks for it | PoolingHttpClientConnectionManager | FaultyWar$RouteServlet.doGet(FaultyWar.java: | setMaxConnPerRoute
                    """)
    void aFaultIsNamedWithItsLine(
            String path, String cause, String place, String line, String remedy) throws Exception {
        assertThat(diagnosis(path, CLIENTS))
                .contains(cause, place, line, "such as GET " + path, remedy)
                .endsWith("faults: 1, in 6 looks");
    }

    /** Also while the JVM is cold, when there are no reports. */
    @Test
    void aHogIsNamed() throws Exception {
        assertThat(diagnosis("/hog", 2))
                .containsAnyOf(
                        "requests hold their hub: they compute, or pin it",
                        "a request holds its hub: it computes");
    }
}
