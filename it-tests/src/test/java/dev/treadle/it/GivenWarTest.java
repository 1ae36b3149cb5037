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
import java.util.Base64;

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
        server =
                TreadleProcess.launcher(
                        "--http=127.0.0.1:0",
                        "--container=" + container,
                        "--gevent=50",
                        "--hubs=2",
                        "--users=" + users,
                        "--war=" + GivenWar.write(files.resolve("given.war")));
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        try (TreadleProcess stopped = server()) {
            stopped.terminate();
            assertThat(stopped.exitCode()).as(stopped.err()).isZero();
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
        assertThat(get("/level"))
                .isEqualTo(
                        switch (container) {
                            case "tomcat11", "jetty-ee11" -> "6.1";
                            default -> "6.0";
                        });
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
        assertThat(server().err()).contains("--users: " + directory, "chmod o-r");
    }
}
