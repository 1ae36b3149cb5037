package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** An application with all that the launcher can give it, on each kind; one server for each. */
@ParameterizedClass(name = "{0}")
@ValueSource(strings = {"tomcat10", "tomcat11", "jetty-ee10", "jetty-ee11", "undertow"})
class GivenWarTest {
    @TempDir static Path directory = Path.of("");

    private static @Nullable TreadleProcess server;

    @Parameter String container = "";

    @BeforeParameterizedClassInvocation
    static void start(String container) throws Exception {
        Path files = Files.createDirectory(directory.resolve(container));
        Path users =
                Files.writeString(
                        files.resolve("users"),
                        """
                        # those of the shop
                        alice: wonderland, reader, editor
                        bob:   plain:of:the:builder , reader
                        carol: pbkdf2:1000:AAECAwQFBgc=:BrIIsOh3FTK125gU1Mm1+InxC8v6qKGZdocKPa0IiYc=, reader
                        dave: hidden
                        """);
        Path jndi =
                Files.writeString(
                        files.resolve("jndi"),
                        """
                        # entries
                        shop/limit = integer 100
                        shop/name = string The = Shop
                        open = boolean true
                        jdbc/shop = datasource
                        jdbc/shop.url = jdbc:h2:mem:shop
                        jdbc/shop.user = clerk
                        jdbc/shop.password = a b = c
                        jdbc/shop.size = 3
                        jdbc/far = datasource
                        jdbc/far.url = jdbc:h2:mem:far
                        jdbc/far.driver = org.h2.Driver
                        jdbc/far.jar = far.jar
                        jdbc/far.timeout = 60s
                        jdbc/far.property.IGNORECASE = true
                        """);
        for (Path file : List.of(users, jndi)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        }
        Files.copy(GivenWar.h2(), files.resolve("far.jar"));
        server =
                TreadleProcess.launcher(
                        "--http=127.0.0.1:0",
                        "--container=" + container,
                        "--gevent=50",
                        "--hubs=2",
                        "--users=" + users,
                        "--jndi=" + jndi,
                        "--war=" + GivenWar.write(files.resolve("given.war"), container));
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        try (TreadleProcess stopped = server()) {
            stopped.terminate();
            assertThat(stopped.exitCode()).as(stopped.err()).isZero();
            assertThat(stopped.warnings())
                    .as("warnings, and those of the files only")
                    .hasSize(2)
                    .allMatch(line -> line.contains("chmod o-r"));
        }
    }

    private static TreadleProcess server() {
        TreadleProcess started = server;
        if (started == null) {
            throw new IllegalStateException("the server: not started");
        }
        return started;
    }

    private static String get(String path) throws Exception {
        try (Web web = new Web(server().address())) {
            return web.get(path).body();
        }
    }

    private static HttpResponse<String> login(String user, String password) throws Exception {
        String pair = user + ":" + password;
        String basic = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        try (Web web = new Web(server().address())) {
            return web.getWith("/secret", "Authorization", "Basic " + basic);
        }
    }

    private static void assertNotLetIn(String user, String password) throws Exception {
        HttpResponse<String> answer = login(user, password);
        assertThat(answer.statusCode()).as("%s with %s", user, password).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate").orElseThrow())
                .containsIgnoringCase("Basic realm=\"" + GivenWar.REALM + "\"");
    }

    @Test
    void containerHasTheServletLevelOfItsName() throws Exception {
        String level = container.matches("tomcat11|jetty-ee11") ? "6.1" : "6.0";
        assertThat(get("/level")).startsWith(level + " ");
    }

    @Test
    void filesForOneContainerAreReadByIt() throws Exception {
        assertThat(get("/level"))
                .endsWith(
                        switch (container) {
                            case "undertow" -> " from null";
                            case "tomcat10", "tomcat11" -> " from context.xml";
                            default -> " from jetty-web.xml";
                        });
        assertThat(get("/sql?name=jdbc/own"))
                .startsWith(container.startsWith("tomcat") ? "SA 1 " : "failed: ");
    }

    @Test
    void entriesOfTheFileComeBeforeThoseOfTheWar() throws Exception {
        assertThat(get("/jndi?name=shop/limit")).isEqualTo("Integer 100, limit 100");
        assertThat(get("/jndi?name=shop/own")).isEqualTo("String of the WAR, limit 100");
    }

    @Test
    void entriesHaveTheirTypes() throws Exception {
        assertThat(get("/jndi?name=shop/name")).startsWith("String The = Shop,");
        assertThat(get("/jndi?name=open")).startsWith("Boolean true,");
        assertThat(get("/jndi?name=shop/none")).startsWith("none,");
    }

    @Test
    void dataSourceIsFoundAndInjected() throws Exception {
        assertThat(get("/sql?name=jdbc/shop")).matches("CLERK \\d+ SHOP");
        assertThat(get("/sql")).matches("CLERK \\d+ SHOP");
    }

    @Test
    void poolServesMoreRequestsThanItHasConnections() throws Exception {
        try (Web web = new Web(server().address())) {
            List<CompletableFuture<HttpResponse<String>>> answers =
                    Stream.generate(() -> web.getLater("/sql?name=jdbc/shop")).limit(40).toList();
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                assertThat(answer.get(60, TimeUnit.SECONDS).body()).matches("CLERK \\d+ SHOP");
            }
        }
    }

    @Test
    void dataSourceHasADriverOutsideOfTheWar() throws Exception {
        assertThat(get("/sql?name=jdbc/far")).endsWith(" FAR");
    }

    @Test
    void classesOfTheWarComeFirst() throws Exception {
        assertThat(get("/where?class=" + GivenWar.TWICE)).contains("/WEB-INF/classes/");
    }

    @Test
    void userOfTheFileIsLetInWithHisRoles() throws Exception {
        assertThat(login("alice", "wonderland").body()).isEqualTo("alice reader=true editor=true");
        assertThat(login("bob", "of:the:builder").body()).isEqualTo("bob reader=true editor=false");
    }

    @Test
    void userWithAHashedPasswordIsLetInMoreThanOnce() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(login("carol", "christmas").body())
                    .isEqualTo("carol reader=true editor=false");
        }
        assertNotLetIn("carol", "easter");
    }

    @Test
    void nobodyElseIsLetIn() throws Exception {
        assertNotLetIn("alice", "Wonderland");
        assertNotLetIn("alice", "");
        assertNotLetIn("alice", "null");
        assertNotLetIn("eve", "wonderland");
        assertNotLetIn("", "");
        assertNotLetIn("bob", "plain:of:the:builder");
    }

    @Test
    void userWithoutTheRoleIsForbidden() throws Exception {
        assertThat(login("dave", "hidden").statusCode()).isEqualTo(403);
    }

    @Test
    void fileThatOthersCanReadIsAWarning() {
        assertThat(server().err())
                .contains("--users: " + directory, "--jndi: " + directory, "chmod o-r");
    }
}
