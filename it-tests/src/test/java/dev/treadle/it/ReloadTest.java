package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A reload of the applications under load. */
class ReloadTest {
    private static final int RELOADS = 10;

    /** The class loader of one version of an application. */
    private static final Map<String, String> LOADERS =
            Map.of(
                    "tomcat",
                    "org.apache.catalina.loader.ParallelWebappClassLoader",
                    "jetty",
                    "org.eclipse.jetty.ee.webapp.WebAppClassLoader",
                    "undertow",
                    "dev.treadle.undertow.war.WarClassLoader");

    @TempDir private Path directory = Path.of("");
    @TempDir private Path temporary = Path.of("");

    static Stream<Cell> cells() {
        return Cell.all().filter(cell -> !cell.model().equals("virtual"));
    }

    static Stream<String> containers() {
        return Cell.containers();
    }

    private Path touched() {
        return directory.resolve("reload");
    }

    private Path war() {
        return directory.resolve("one.war");
    }

    private Path exploded() {
        return directory.resolve("exploded");
    }

    /** Puts a version of both applications into place. */
    private void put(int version) throws IOException {
        put(VersionedApp.war("one", version, ""));
        VersionedApp.war("root", version, "").explode(exploded());
    }

    private void put(TestWar war) throws IOException {
        // at once, as a deployment should
        Files.move(
                war.write(directory.resolve("new.war")),
                war(),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cells")
    void noRequestFailsAndNothingIsLeft(Cell cell) throws Exception {
        put(1);
        Files.createFile(touched());
        try (TreadleProcess server = start(cell)) {
            URI root = server.address();
            try (Web web = new Web(root);
                    Visitors visitors = visitors(root)) {
                visitors.awaitVersion(1);
                requestInsideFinishes(server, web, visitors);
                failedVersionChangesNothing(server, web);
                for (int version = 3; version <= RELOADS + 1; version++) {
                    put(version);
                    server.hangUp();
                    visitors.awaitVersion(version);
                    awaitOut(server, "ended root " + (version - 1));
                    awaitOut(server, "ended one " + (version - 1));
                }
                assertThat(visitors.failures()).as(server.err()).isEmpty();
                System.out.printf(
                        "reload, %s: %d reloads, %d requests served, 0 failed%n",
                        cell, RELOADS, visitors.served());
            }
            await().atMost(PATIENCE).until(() -> loaders(server, cell) <= 2);
            assertThat(loaders(server, cell)).as("class loaders of applications").isEqualTo(2);
            server.terminate();
            assertThat(server.exitCode()).as(server.err()).isZero();
            assertThat(server.warnings()).as("a message for each failure").hasSize(2);
        }
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left).as("temporary files").isEmpty();
        }
    }

    /** One stays in the version before for too long, one does not come up. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void noRequestAndNoStartHoldsUpAStop(String container) throws Exception {
        put(1);
        Files.createFile(touched());
        Cell cell = new Cell(container, "virtual", List.of("--virtual=50", "--drain=500ms"));
        try (TreadleProcess server = start(cell);
                Web web = new Web(server.address())) {
            BufferedReader slow = web.begin("/one/slow?until=" + directory.resolve("never"));
            assertThat(slow.readLine()).isEqualTo("begun");
            put(2);
            server.hangUp();
            awaitOut(server, "ended one 1");
            awaitErr(server, "reload of /one: 1 requests are still inside the version before");
            assertThat(web.get("/one/x").body()).isEqualTo("one 2");

            Path begun = directory.resolve("begun");
            put(VersionedApp.war("one", 3, VersionedApp.held(begun, directory.resolve("never"))));
            awaitOut(server, "ended root 1");
            server.hangUp();
            await().atMost(PATIENCE).until(() -> Files.exists(begun));
            server.terminate();
            assertThat(server.exitCode()).as(server.err()).isZero();
            assertThat(server.out()).contains("ended one 2");
            assertThat(server.err()).contains("The version before goes on");
        }
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left).as("temporary files").isEmpty();
        }
    }

    private TreadleProcess start(Cell cell) throws Exception {
        String[] arguments =
                Stream.of(
                                cell.flags().stream(),
                                Stream.of(
                                        "--http=127.0.0.1:0",
                                        "--h2c",
                                        "--container=" + cell.container(),
                                        "--war=/one=" + war(),
                                        "--war=/=" + exploded(),
                                        "--touch-reload=" + touched(),
                                        // a busy machine is not what this test is about
                                        "--max-blocking-time=1m"))
                        .flatMap(part -> part)
                        .toArray(String[]::new);
        List<String> options = new ArrayList<>(LauncherArchive.options(arguments));
        options.add("-Djava.io.tmpdir=" + temporary);
        return TreadleProcess.launcherWith(options, arguments);
    }

    private static Visitors visitors(URI root) throws IOException {
        Visitors visitors = new Visitors();
        visitors.keepingItsConnection(root, "/one/x");
        visitors.keepingItsConnection(root, "/x");
        visitors.keepingItsConnection(root, "/one/session");
        visitors.keepingItsConnection(root, "/async");
        visitors.connecting(root, "/one/x");
        visitors.overHttp2(root, "/one/async");
        visitors.overHttp2(root, "/x");
        return visitors;
    }

    private void requestInsideFinishes(TreadleProcess server, Web web, Visitors visitors)
            throws Exception {
        Path go = directory.resolve("go");
        try (BufferedReader slow = web.begin("/one/slow?until=" + go);
                BufferedReader async = web.begin("/one/async?until=" + go)) {
            assertThat(slow.readLine()).isEqualTo("begun");
            assertThat(async.readLine()).isEqualTo("begun");
            put(2);
            Files.setLastModifiedTime(touched(), FileTime.fromMillis(1_000_000));
            awaitOut(server, "reloaded /one from " + war());
            assertThat(web.get("/one/page.jsp").body()).isEqualTo("2");
            assertThat(server.out()).doesNotContain("ended one");
            Files.createFile(go);
            assertThat(slow.readLine()).isEqualTo("one 1");
            assertThat(async.readLine()).isEqualTo("one 1");
        }
        awaitOut(server, "ended one 1");
        awaitOut(server, "ended root 1");
        visitors.awaitVersion(2);
    }

    private void failedVersionChangesNothing(TreadleProcess server, Web web) throws Exception {
        put(TestWar.with("<listener><listener-class>shop.Missing</listener-class></listener>"));
        server.hangUp();
        awaitErr(server, "reload");
        assertThat(server.err())
                .startsWith("treadle: --war: " + war() + " (expected: a web application that")
                .contains("its start-up failed", "shop.Missing")
                .contains("The version before goes on");
        awaitOut(server, "ended root 2"); // it was reloaded all the same
        Files.delete(war());
        server.hangUp();
        awaitErr(
                server,
                "treadle: --war: "
                        + war()
                        + " (expected: a file that exists; there is none of that name). The version"
                        + " before goes on");
        assertThat(web.get("/one/x").body()).isEqualTo("one 2");
    }

    private static void awaitErr(TreadleProcess server, String text) {
        await().atMost(PATIENCE).until(() -> server.err().contains(text));
    }

    private static void awaitOut(TreadleProcess server, String text) {
        await().atMost(PATIENCE).until(() -> server.out().contains(text));
    }

    /** Returns how many are in the heap after a collection. */
    private static long loaders(TreadleProcess server, Cell cell) throws Exception {
        Process jcmd =
                new ProcessBuilder(
                                Places.javaHome().resolve("bin").resolve("jcmd").toString(),
                                String.valueOf(server.pid()),
                                "GC.class_histogram")
                        .redirectErrorStream(true)
                        .start();
        String histogram = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(jcmd.waitFor()).as(histogram).isZero();
        Matcher line =
                Pattern.compile(
                                "(?m)^\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+"
                                        + Pattern.quote(LOADERS.get(cell.container())))
                        .matcher(histogram);
        assertThat(line.find()).as(histogram).isTrue();
        return Long.parseLong(line.group(1));
    }
}
