package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import java.net.http.HttpResponse;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The example WAR, unchanged, on each container with each worker model; one server for each. */
@ParameterizedClass(name = "{0}")
@MethodSource("cells")
class WarOnContainersTest {
    private static @Nullable TreadleProcess server;

    @Parameter Cell cell = Cell.all().findFirst().orElseThrow();

    static Stream<Cell> cells() {
        return Cell.all();
    }

    @BeforeParameterizedClassInvocation
    static void start(Cell cell) throws Exception {
        server = cell.start("--war", Places.exampleWar().toString(), "--context", "/shop");
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        try (TreadleProcess stopped = server()) {
            stopped.terminate();
            assertThat(stopped.exitCode()).as(stopped.err()).isZero();
            assertThat(stopped.out().lines()).as("lines on standard output").hasSize(1);
        }
    }

    private static TreadleProcess server() {
        TreadleProcess started = server;
        if (started == null) {
            throw new IllegalStateException("the server: not started");
        }
        return started;
    }

    private static HttpResponse<String> get(String path) throws Exception {
        try (Web web = new Web(server().address())) {
            return web.get(path);
        }
    }

    private static void assertAnswers(String path, String text) throws Exception {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains(text);
        assertThat(answer.headers().firstValue("X-Example"))
                .as("the filter's stamp")
                .hasValue("stamped");
    }

    @Test
    void startLineSaysWhatRunsAndWhere() throws Exception {
        String container =
                cell.container().equals("tomcat") ? "Tomcat 11\\.0\\.\\d+" : "Jetty 12\\.1\\.\\d+";
        assertThat(server().startLine())
                .matches(
                        "Treadle \\d+\\.\\d+\\.\\d+\\S*: "
                                + Pattern.quote(cell.summary())
                                + ", "
                                + container
                                + ", listening on http://127\\.0\\.0\\.1:\\d+");
    }

    @Test
    void requestsRunOnTheThreadsOfTheModel() throws Exception {
        assertAnswers("/shop/thread", "virtual=" + !cell.model().equals("threads"));
    }

    @Test
    void annotatedServletKnowsItsContextPath() throws Exception {
        assertAnswers("/shop/hello", "hello from [/shop]");
    }

    @Test
    void jspIsCompiledAndSeesWhatTheListenerLeft() throws Exception {
        assertAnswers("/shop/hello.jsp", "hello from a JSP, 6 x 7 = 42, started by the listener");
    }

    @Test
    void fragmentBringsItsServlet() throws Exception {
        assertAnswers("/shop/fragment", "hello from the fragment");
    }

    @Test
    void fragmentBringsItsStaticPage() throws Exception {
        assertAnswers("/shop/from-the-jar.html", "a page of the fragment");
    }

    @Test
    void welcomePageIsStatic() throws Exception {
        assertAnswers("/shop/", "the example WAR");
    }

    @Test
    void asyncServletAnswersFromAnotherThread() throws Exception {
        assertAnswers("/shop/async", "hello from async");
    }

    @Test
    void errorPageOfTheApplicationIsShownForAnException() throws Exception {
        HttpResponse<String> answer = get("/shop/broken");
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).contains("our error page: 500 at /shop/broken");
    }

    @Test
    void errorPageOfTheApplicationIsShownForAnUnknownPath() throws Exception {
        HttpResponse<String> answer = get("/shop/nothing-here");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("our error page: 404 at /shop/nothing-here");
    }

    @Test
    void nothingIsServedOutsideTheContextPath() throws Exception {
        assertThat(get("/hello").statusCode()).isEqualTo(404);
    }

    @Test
    void webSocketEndpointAnswers() throws Exception {
        try (Web web = new Web(server().address())) {
            assertThat(web.say("/shop/echo", "hello")).isEqualTo("echo hello");
        }
    }
}
