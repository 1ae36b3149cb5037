package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The call is right and the server cannot start: exit code 1, one message that says why and what to
 * do.
 */
class LauncherFailedStartTest {
    /**
     * Longer than any wait in this test: a server that has never answered has no load balancer to
     * tell.
     */
    private static final String LONG_DELAY = "--drain-delay=10m";

    static Stream<String> containers() {
        return Cell.containers();
    }

    static Stream<Arguments> failures() {
        return containers()
                .flatMap(container ->
                        Arrays.stream(Failing.values())
                                .map(failing -> Arguments.of(container, failing)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void portInUseIsNamedBeforeTheApplicationStarts(String container, @TempDir Path directory)
            throws Exception {
        Path begun = directory.resolve("begun");
        Path war =
                VersionedApp.war("app", 1, VersionedApp.held(begun, directory))
                        .write(directory.resolve("app.war"));
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                TreadleProcess process =
                        TreadleProcess.launcher(
                                "--http",
                                "127.0.0.1:" + taken.getLocalPort(),
                                "--container",
                                container,
                                LONG_DELAY,
                                "--war",
                                war.toString())) {
            assertFailed(
                    process,
                    "--http: 127.0.0.1:" + taken.getLocalPort(),
                    "is in use",
                    "choose another port");
            assertThat(begun).as("a file that the application makes").doesNotExist();
        }
    }

    @Test
    void statsPortInUseIsNamedAtOnce() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                TreadleProcess process =
                        TreadleProcess.launcher(
                                "--http=127.0.0.1:0",
                                "--stats=127.0.0.1:" + taken.getLocalPort(),
                                LONG_DELAY,
                                "--war",
                                Places.exampleWar().toString())) {
            assertFailed(
                    process,
                    "--stats: 127.0.0.1:" + taken.getLocalPort(),
                    "(expected: an address where nobody listens yet)");
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("failures")
    void applicationThatDoesNotStartIsNamedWithItsReason(
            String container, Failing failing, @TempDir Path wars, @TempDir Path temporary)
            throws Exception {
        String war = failing.war(wars).toString();
        try (TreadleProcess process =
                TreadleProcess.launcherWith(
                        List.of("-Djava.io.tmpdir=" + temporary),
                        "--http=127.0.0.1:0",
                        "--container=" + container,
                        LONG_DELAY,
                        "--war",
                        war)) {
            assertFailed(process, "--war: " + war, "its start-up failed", failing.reason());
        }
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left).as("temporary files").isEmpty();
        }
    }

    @Test
    void stackTraceIsShownToWhoAsksForIt(@TempDir Path wars) throws Exception {
        String war = Failing.LISTENER.war(wars).toString();
        try (TreadleProcess process =
                TreadleProcess.launcher("--http=127.0.0.1:0", "--verbose", "--war", war)) {
            assertThat(process.exitCode()).isEqualTo(1);
            assertThat(process.err()).contains("\tat " + Failing.class.getName());
        }
    }

    @Test
    void geventIsRefusedWhereHubsCannotBeHad() throws Exception {
        try (TreadleProcess process = withoutManifest("--gevent", "5")) {
            assertFailed(
                    process,
                    "gevent: 5",
                    "--add-opens java.base/java.lang=ALL-UNNAMED",
                    "No other worker model");
        }
    }

    @Test
    void virtualNeedsNoHubs() throws Exception {
        try (TreadleProcess process = withoutManifest("--virtual", "5")) {
            assertThat(process.startLine()).contains("virtual 5");
            process.terminate();
            assertThat(process.exitCode()).as(process.err()).isZero();
        }
    }

    /**
     * The manifest of the jar given to java -jar opens the JDK; a class path has no such manifest.
     */
    private static TreadleProcess withoutManifest(String... model) throws IOException {
        Path jar = Places.launcherJar();
        String libraries = jar.resolveSibling("lib").resolve("*").toString();
        ProcessBuilder builder =
                new ProcessBuilder(
                        Places.java().toString(),
                        "-cp",
                        jar + File.pathSeparator + libraries,
                        "dev.treadle.launcher.Main");
        builder.command()
                .addAll(List.of("--http", "127.0.0.1:0", "--war", Places.exampleWar().toString()));
        builder.command().addAll(List.of(model));
        return TreadleProcess.start(builder, Map.of());
    }

    @Test
    void backlogAboveTheKernelsIsWarnedOf() throws Exception {
        Path somaxconn = Path.of("/proc/sys/net/core/somaxconn");
        assumeTrue(Files.isReadable(somaxconn), "Linux only");
        String limit = Files.readString(somaxconn).strip();
        String more = String.valueOf(Integer.parseInt(limit) + 1);
        try (TreadleProcess process =
                TreadleProcess.launcher(
                        "--http=127.0.0.1:0",
                        "--listen",
                        more,
                        "--war",
                        Places.exampleWar().toString())) {
            process.address();
            process.terminate();
            assertThat(process.exitCode()).isZero();
            assertThat(process.err()).contains("--listen: " + more, "somaxconn, " + limit);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void driverThatIsMissingIsNamed(String container, @TempDir Path directory) throws Exception {
        Path jndi =
                Files.writeString(
                        directory.resolve("jndi"),
                        "jdbc/shop = datasource\njdbc/shop.url = jdbc:h2:mem:shop\n");
        Files.setPosixFilePermissions(jndi, PosixFilePermissions.fromString("rw-------"));
        try (TreadleProcess process =
                TreadleProcess.launcher(
                        "--http=127.0.0.1:0",
                        "--container=" + container,
                        LONG_DELAY,
                        "--jndi=" + jndi,
                        "--war=" + TestWar.with("").write(directory.resolve("shop.war")))) {
            assertFailed(
                    process,
                    "treadle: --jndi: jdbc/shop.url (expected: a driver for it in WEB-INF/lib)",
                    "jdbc/shop.jar");
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"jetty", "undertow"})
    void classOfAnotherContainerIsToldWithThatContainer(String container, @TempDir Path directory)
            throws Exception {
        Path war =
                TestWar.with(
                                "<listener><listener-class>org.apache.catalina.Shop</listener-class></listener>")
                        .write(directory.resolve("shop.war"));
        try (TreadleProcess process =
                TreadleProcess.launcher(
                        "--http=127.0.0.1:0",
                        "--container=" + container,
                        LONG_DELAY,
                        "--war=" + war)) {
            assertFailed(
                    process,
                    "--war: " + war,
                    "org.apache.catalina.Shop",
                    "the class is one of another container: try --container tomcat");
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"tomcat", "jetty", "jetty-ee10", "undertow"})
    void fragmentWithAnExternalEntityIsNotRead(String container, @TempDir Path directory)
            throws Exception {
        Path secret = Files.writeString(directory.resolve("secret.txt"), "the secret");
        Path library =
                TestWar.empty()
                        .add(
                                "META-INF/web-fragment.xml",
                                "<!DOCTYPE web-fragment [<!ENTITY s SYSTEM \""
                                        + secret.toUri()
                                        + "\">]><web-fragment version=\"6.0\""
                                        + " xmlns=\"https://jakarta.ee/xml/ns/jakartaee\">"
                                        + "<display-name>&s;</display-name></web-fragment>")
                        .write(directory.resolve("library.jar"));
        Path war =
                TestWar.with("")
                        .add("WEB-INF/lib/library.jar", library)
                        .write(directory.resolve("shop.war"));
        try (TreadleProcess process =
                TreadleProcess.launcher(
                        "--http=127.0.0.1:0",
                        "--container=" + container,
                        LONG_DELAY,
                        "--war=" + war)) {
            assertFailed(process, "--war: " + war, "web-fragment.xml", "secret.txt");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jetty-ee10", "jetty-ee11", "undertow"})
    void classThatCannotBeReadIsNamed(String container, @TempDir Path directory) throws Exception {
        Path war = withBrokenClass(directory);
        try (TreadleProcess process =
                TreadleProcess.launcher(
                        "--http=127.0.0.1:0",
                        "--container=" + container,
                        LONG_DELAY,
                        "--war=" + war)) {
            assertFailed(process, "--war: " + war, "shop/Shop.class");
        }
    }

    @Test
    void warThatCannotBeConvertedIsNamed(@TempDir Path directory) throws Exception {
        Path war = withBrokenClass(directory);
        try (TreadleProcess process =
                TreadleProcess.launcher(
                        "--http=127.0.0.1:0", LONG_DELAY, "--migrate", "--war=" + war)) {
            assertFailed(process, "--migrate: " + war + " (expected: a WAR that can be converted)");
        }
    }

    private static Path withBrokenClass(Path directory) throws Exception {
        return TestWar.with("")
                .add("WEB-INF/classes/shop/Shop.class", "no class")
                .write(directory.resolve("shop.war"));
    }

    private static void assertFailed(TreadleProcess process, String... message) throws Exception {
        assertThat(process.exitCode()).as(process.err()).isEqualTo(1);
        assertThat(process.out()).isEmpty();
        assertThat(process.warnings()).as("one message").hasSize(1);
        assertThat(process.err()).startsWith("treadle: ").contains(message);
    }
}
