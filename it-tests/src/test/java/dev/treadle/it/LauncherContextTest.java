package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/**
 * The command with a WAR that is not at the root: patterns are of paths inside it, and of whole
 * paths.
 */
final class LauncherContextTest {
    private static final String HOLD = "?millis=600000";

    /** A login that nobody passes. */
    private static final String SECRET =
            "<security-constraint><web-resource-collection>"
                    + "<web-resource-name>secret</web-resource-name>"
                    + "<url-pattern>/secret/*</url-pattern></web-resource-collection>"
                    + "<auth-constraint><role-name>*</role-name></auth-constraint>"
                    + "</security-constraint><login-config><auth-method>BASIC</auth-method>"
                    + "<realm-name>treadle</realm-name></login-config>"
                    + "<security-role><role-name>clerk</role-name></security-role>";

    static Stream<Cell> cells() {
        return Cell.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cells")
    void limitsAndPriorityHoldInsideTheContext(Cell cell, @TempDir Path directory)
            throws Exception {
        Path war =
                TestWar.with(
                                "<servlet><servlet-name>held</servlet-name><servlet-class>"
                                        + Held.class.getName()
                                        + "</servlet-class></servlet><servlet-mapping>"
                                        + "<servlet-name>held</servlet-name>"
                                        + "<url-pattern>/*</url-pattern></servlet-mapping>"
                                        + SECRET)
                        .add("WEB-INF/classes/", Held.class)
                        .write(directory.resolve("held.war"));
        try (TreadleProcess server =
                        new Cell(
                                        cell.container(),
                                        cell.model(),
                                        List.of("--" + cell.model() + "=3"))
                                .start(
                                        "--war",
                                        war.toString(),
                                        "--context",
                                        "/shop",
                                        "--queue=0",
                                        "--limit=/inside/*=1:0",
                                        "--limit=/shop/whole/*=1:0",
                                        "--priority-path=/open/*",
                                        "--priority-path=/shop/also",
                                        "--drain=100ms");
                Web web = new Web(server.address())) {
            assertNobodyIsLetIn(web);
            try (BufferedReader one = web.begin("/shop/inside/a" + HOLD);
                    BufferedReader two = web.begin("/shop/whole/a" + HOLD)) {
                assertThat(one.readLine()).isEqualTo("begun");
                assertThat(two.readLine()).isEqualTo("begun");
                assertThat(status(web, "/shop/quick")).as("there is a third place").isEqualTo(200);
                assertThat(status(web, "/shop/inside/b")).as("over its limit").isEqualTo(503);
                assertThat(status(web, "/shop/whole/b")).as("over its limit").isEqualTo(503);
                try (BufferedReader three = web.begin("/shop/more" + HOLD)) {
                    assertThat(three.readLine()).isEqualTo("begun");
                    assertThat(status(web, "/shop/quick")).as("all are taken").isEqualTo(503);
                    assertThat(status(web, "/shop/open/a")).isEqualTo(200);
                    assertThat(status(web, "/shop/also")).isEqualTo(200);
                    assertThat(status(web, "/shop/also/not")).isEqualTo(503);
                    assertThat(server.err()).doesNotContain("dev.treadle");
                }
            }
            server.terminate();
            assertThat(server.exitCode()).as(server.err()).isZero();
        }
    }

    private static void assertNobodyIsLetIn(Web web) throws Exception {
        HttpResponse<String> asked = web.get("/shop/secret/a");
        assertThat(asked.statusCode()).isEqualTo(401);
        assertThat(asked.headers().firstValue("WWW-Authenticate").orElseThrow())
                .startsWith("Basic realm=\"treadle\"");
        String anybody = Base64.getEncoder().encodeToString("eve:eve".getBytes(UTF_8));
        assertThat(web.getWith("/shop/secret/a", "Authorization", "Basic " + anybody).statusCode())
                .isEqualTo(401);
    }

    private static int status(Web web, String path) throws Exception {
        return web.get(path).statusCode();
    }

    /** Answers at once, or holds its place. */
    public static final class Held extends HttpServlet {
        private static final long serialVersionUID = 1L;

        /** For the container. */
        public Held() {}

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            response.setContentType("text/plain");
            response.getWriter().println("begun");
            response.flushBuffer();
            String millis = request.getParameter("millis");
            if (millis == null) {
                return;
            }
            try {
                Thread.sleep(Long.parseLong(millis));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            }
        }
    }
}
