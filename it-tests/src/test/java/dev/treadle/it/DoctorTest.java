package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@code treadle doctor} finds planted faults, and nothing in an application without any. */
class DoctorTest {
    private static final int CLIENTS = 20;
    private static final String NOTHING = "no fault seen in 6 looks";

    private static @Nullable TreadleProcess started;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        started = start(directory, 100, 2);
        server().startLine();
    }

    /** Starts the application with a database pool of this size. */
    private static TreadleProcess start(Path directory, int limit, int poolSize) throws Exception {
        Path jndi =
                Files.writeString(
                        directory.resolve("jndi"),
                        """
                        jdbc/shop = datasource
                        jdbc/shop.url = jdbc:h2:mem:shop
                        jdbc/shop.size = %d
                        """
                                .formatted(poolSize));
        Files.setPosixFilePermissions(jndi, PosixFilePermissions.fromString("rw-------"));
        return TreadleProcess.launcher(
                "--http=127.0.0.1:0",
                "--stats=:0",
                "--gevent=" + limit,
                "--jndi=" + jndi,
                "--war=" + FaultyWar.write(directory.resolve("faulty.war")));
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
        return diagnosis(server(), path, clients, address(server()));
    }

    private static String address(TreadleProcess server) {
        return ":" + server.statsAddress().getPort();
    }

    private static String pid() {
        return String.valueOf(server().pid());
    }

    private static String diagnosis(TreadleProcess server, String path, int clients, String target)
            throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        URI where = server.address().resolve(path);
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
                return doctor(target);
            } finally {
                ended.set(true);
                for (Thread thread : threads) {
                    thread.join();
                }
            }
        }
    }

    private static String get(HttpClient client, URI where) {
        try {
            HttpResponse<String> answer =
                    client.send(
                            HttpRequest.newBuilder(where).build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return answer.body();
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static String doctor(String target) throws Exception {
        try (TreadleProcess doctor = TreadleProcess.launcher("doctor", "--for=6", target)) {
            assertThat(doctor.exitCode()).as(doctor.err()).isZero();
            return doctor.out();
        }
    }

    @Test
    void anApplicationWithoutFaultsHasNone() throws Exception {
        assertThat(diagnosis("/fine", CLIENTS)).isEqualToIgnoringNewLines(NOTHING);
        assertThat(diagnosis(server(), "/fine", CLIENTS, pid())).isEqualToIgnoringNewLines(NOTHING);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    /pool | a pool behind the application is smaller than N (100) | HikariPool.getConnection | FaultyWar$PoolServlet.doGet(FaultyWar.java: | raise the pool
                    /lock | requests wait for one lock | lock in | FaultyWar$LockServlet.doGet(FaultyWar.java: | hold the lock shorter
                    /http5 | the pool of an HTTP client is smaller than what asks for it | PoolingHttpClientConnectionManager | FaultyWar$FiveServlet.doGet(FaultyWar.java: | setMaxConnPerRoute
                    /http | the pool of an HTTP client is smaller than what asks for it | PoolingHttpClientConnectionManager | FaultyWar$RouteServlet.doGet(FaultyWar.java: | setMaxConnPerRoute
                    """)
    void aFaultIsNamedWithItsLine(
            String path, String cause, String place, String line, String remedy) throws Exception {
        assertThat(diagnosis(path, CLIENTS))
                .contains(cause, place, line, "such as GET " + path, remedy)
                .endsWith("faults: 1, in 6 looks");
    }

    /** The pool has the size that it had for a server with few threads. */
    @Test
    void aPoolOfTenBehindAThousandIsNamed(@TempDir Path directory) throws Exception {
        try (TreadleProcess server = start(directory, 1_000, 10)) {
            server.startLine();
            assertThat(diagnosis(server, "/pool", 1_000, address(server)))
                    .contains(
                            "a pool behind the application is smaller than N (1000)",
                            "HikariPool.getConnection",
                            "FaultyWar$PoolServlet.doGet(FaultyWar.java:",
                            "such as GET /pool",
                            "raise the pool")
                    .endsWith("faults: 1, in 6 looks");
        }
    }

    @Test
    void aProcessIsLookedAtInTheSameWay() throws Exception {
        assertThat(diagnosis(server(), "/pool", CLIENTS, pid()))
                .contains(
                        "a pool behind the application is smaller than N (100)",
                        "FaultyWar$PoolServlet.doGet(FaultyWar.java:",
                        "such as GET /pool")
                .endsWith("faults: 1, in 6 looks");
    }

    @Test
    void aThreadLocalThatIsCopiedIsNamed() throws Exception {
        assertThat(diagnosis(server(), "/copies", CLIENTS, pid()))
                .contains(
                        "each request makes a copy of a thread-local cache for itself",
                        "the thread-local of dev.treadle.it.FaultyWar$CopyServlet (byte[]) has 200 kB",
                        "such as GET /copies",
                        "share what is immutable")
                .endsWith("faults: 1, in 6 looks");
    }

    /** What holds a hub is in the log, in the reports and in the diagnosis. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    /hog | it computes | FaultyWar$HogServlet.doGet(FaultyWar.java: | Greenlets.yield
                    /native | native code | FaultyWar$NativeServlet.doGet(FaultyWar.java: | pool of platform threads
                    /init | it sleeps inside a class initialiser | FaultyWar$SlowStart.<clinit>(FaultyWar.java: | Do not wait in a static initialiser
                    """)
    void whatHoldsAHubIsNamedWithItsLine(String path, String cause, String line, String remedy)
            throws Exception {
        assertHolds(server(), path, cause, line, remedy);
    }

    private static void assertHolds(
            TreadleProcess server, String path, String cause, String line, String remedy) {
        // there are no reports while the JVM is cold, and the log has one of them in ten seconds
        await().pollDelay(Duration.ZERO)
                .atMost(Duration.ofMinutes(3))
                .untilAsserted(() -> {
                    assertThat(diagnosis(server, path, 2, address(server)))
                            .contains(
                                    "a request holds its hub: ",
                                    cause,
                                    line,
                                    "such as GET " + path,
                                    remedy);
                    assertThat(server.err().lines())
                            .anyMatch(each ->
                                    each.contains("GET " + path + ",") && each.contains(line));
                });
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThat(get(client, server.statsAddress().resolve("/-/reports")).lines())
                    .anyMatch(each -> each.contains("GET " + path + ":") && each.contains(line));
        }
    }

    @Test
    void synchronizedCodeThatWaitsIsNamedOnJdk21(@TempDir Path directory) throws Exception {
        String older = System.getProperty("treadle.test.older.jvm", "");
        assumeThat(older)
                .as("-Dtreadle.test.older.jvm (expected: the java of a JDK 21)")
                .isNotEmpty();
        List<String> command =
                List.of(
                        older,
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-jar",
                        Places.launcherJar().toString(),
                        "--http=127.0.0.1:0",
                        "--stats=:0",
                        "--gevent=100",
                        "--war=" + FaultyWar.write(directory.resolve("faulty.war")));
        try (TreadleProcess server = TreadleProcess.start(new ProcessBuilder(command), Map.of())) {
            server.startLine();
            assertHolds(
                    server,
                    "/monitor",
                    "pin",
                    "FaultyWar$MonitorServlet.doGet(FaultyWar.java:",
                    "run JDK 24 or newer");
        }
    }

    /** The JDK reads names from a pipe into which somebody writes now and then. */
    @Test
    void slowNamesAreNamed(@TempDir Path directory) throws Exception {
        Path pipe = directory.resolve("hosts");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        Process names =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "while sleep 0.4; do echo 127.0.0.1 none.example > \"$0\"; done",
                                pipe.toString())
                        .start();
        try (TreadleProcess server =
                TreadleProcess.launcherWith(
                        List.of("-Djdk.net.hosts.file=" + pipe),
                        "--http=127.0.0.1:0",
                        "--stats=127.0.0.1:0",
                        "--gevent=100",
                        "--war=" + FaultyWar.write(directory.resolve("faulty.war")))) {
            server.startLine();
            assertThat(diagnosis(server, "/names", CLIENTS, address(server)))
                    .contains(
                            "names are looked up while requests wait",
                            "FaultyWar$NameServlet.doGet(FaultyWar.java:",
                            "such as GET /names",
                            "networkaddress.cache.ttl");
        } finally {
            names.descendants().forEach(ProcessHandle::destroyForcibly);
            names.destroyForcibly();
        }
    }
}
