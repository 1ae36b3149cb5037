package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The example WAR, unchanged, on each container with each worker model, and on the older kinds; one
 * server for each.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("cells")
class WarOnContainersTest {
    @TempDir static Path directory = Path.of("");

    private static @Nullable TreadleProcess server;

    @Parameter Cell cell = Cell.all().findFirst().orElseThrow();

    static Stream<Cell> cells() {
        return Stream.concat(Cell.all(), Cell.older());
    }

    @BeforeParameterizedClassInvocation
    static void start(Cell cell) throws Exception {
        Path users = Files.writeString(directory.resolve("users"), "ann: sesame, clerk\n");
        server =
                cell.start(
                        "--war",
                        Places.exampleWar().toString(),
                        "--context",
                        "/shop",
                        "--users",
                        users.toString());
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        try (TreadleProcess stopped = server()) {
            stopped.terminate();
            assertThat(stopped.exitCode()).as(stopped.err()).isZero();
            assertThat(stopped.out().lines()).as("lines on standard output").hasSize(1);
            assertThat(stopped.err()).contains("the injected servlet has ended");
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
                switch (cell.container()) {
                    case "tomcat" -> "Tomcat 11\\.0\\.\\d+";
                    case "tomcat10" -> "Tomcat 10\\.1\\.\\d+";
                    case "jetty", "jetty-ee10" -> "Jetty 12\\.1\\.\\d+";
                    default -> "Undertow 2\\.3\\.\\d+\\.Final";
                };
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
    void redirectOfAForwardIsRelativeToWhatTheClientAskedFor() throws Exception {
        HttpResponse<String> answer = get("/shop/forward/to-a-redirect");
        assertThat(answer.statusCode()).isEqualTo(302);
        String location = answer.headers().firstValue("Location").orElseThrow();
        assertThat(answer.uri().resolve(location).getRawPath())
                .isEqualTo("/shop/forward/deeper/page");
        assertThat(location).endsWith("?a=1");
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

    @Test
    void tagsOfALibraryAndOfTheApplicationAreFound() throws Exception {
        assertAnswers("/shop/tags.jsp", "HELLO 2 again again");
    }

    @Test
    void initializerOfALibraryIsShownTheClassesItAsksFor() throws Exception {
        assertAnswers("/shop/tags.jsp", "plugs [RedPlug]");
    }

    @Test
    void fragmentsHaveTheirOrder() throws Exception {
        assertAnswers("/shop/tags.jsp", "fragments early late");
    }

    @Test
    void servletsStartInTheirOrder() throws Exception {
        assertAnswers("/shop/start-order", "first second third");
    }

    @Test
    void resourcesAreInjected() throws Exception {
        assertAnswers("/shop/injected", "good morning 42, constructed with good morning");
    }

    @Test
    void localeHasTheEncodingOfTheApplication() throws Exception {
        assertAnswers("/shop/japanese", "in Shift_JIS");
    }

    @Test
    void endingOfAFileHasTheTypeOfTheApplication() throws Exception {
        assertThat(get("/shop/page.shop").headers().firstValue("Content-Type").orElseThrow())
                .startsWith("text/x-shop");
    }

    @Test
    void uploadHasItsParts() throws Exception {
        String body =
                """
                --limit\r
                Content-Disposition: form-data; name="note"\r
                \r
                urgent\r
                --limit\r
                Content-Disposition: form-data; name="file"; filename="a.txt"\r
                Content-Type: text/plain\r
                \r
                %s\r
                --limit--\r
                """
                        .formatted("x".repeat(50_000));
        try (Web web = new Web(server().address())) {
            HttpResponse<String> answer =
                    web.post("/shop/upload", "multipart/form-data; boundary=limit", body);
            assertThat(answer.body()).isEqualTo("a.txt: 50000 bytes, note: urgent");
        }
    }

    @Test
    void sessionIsKeptByItsCookie() throws Exception {
        try (Web web = new Web(server().address())) {
            HttpResponse<String> first = web.get("/shop/visits");
            assertThat(first.body()).isEqualTo("1 visits, kept for 420 s");
            String cookie = first.headers().firstValue("Set-Cookie").orElseThrow();
            assertThat(cookie)
                    .startsWith("SHOPSESSION=")
                    .containsIgnoringCase("Path=/shop")
                    .containsIgnoringCase("HttpOnly");
            assertThat(web.getWith("/shop/visits", "Cookie", pair(cookie)).body())
                    .isEqualTo("2 visits, kept for 420 s");
        }
    }

    private static String pair(String cookie) {
        return cookie.replaceFirst(";.*", "");
    }

    @Test
    void loginFormIsShownAndItsLoginFailsForAnUnknownUser() throws Exception {
        try (Web web = new Web(server().address())) {
            String cookie = loginForm(web);
            HttpResponse<String> tried = logIn(web, cookie, "j_username=eve&j_password=sesame");
            assertThat(follow(web, tried, cookie).body()).contains("the login failed");
            assertThat(web.getWith("/shop/secret/index.html", "Cookie", cookie).body())
                    .doesNotContain("a clerk is let in");
        }
    }

    @Test
    void loginFormLetsAUserInAndTheSessionRemembersHim() throws Exception {
        try (Web web = new Web(server().address())) {
            String cookie = loginForm(web);
            HttpResponse<String> let = logIn(web, cookie, "j_username=ann&j_password=sesame");
            String renewed =
                    let.headers().firstValue("Set-Cookie").map(set -> pair(set)).orElse(cookie);
            assertThat(follow(web, let, renewed).body()).contains("a clerk is let in");
            assertThat(web.getWith("/shop/secret/index.html", "Cookie", renewed).body())
                    .contains("a clerk is let in");
        }
    }

    /** Asks for a page that needs a login, and returns the cookie that came with the form. */
    private static String loginForm(Web web) throws Exception {
        HttpResponse<String> asked = web.get("/shop/secret/index.html");
        assertThat(follow(web, asked, "").body()).contains("<title>Login</title>");
        return pair(asked.headers().firstValue("Set-Cookie").orElseThrow());
    }

    private static HttpResponse<String> logIn(Web web, String cookie, String form)
            throws Exception {
        return web.post(
                "/shop/j_security_check",
                "application/x-www-form-urlencoded",
                form,
                "Cookie",
                cookie);
    }

    /** Jetty and, for the failure, Undertow redirect to the page; Tomcat shows it at once. */
    private static HttpResponse<String> follow(Web web, HttpResponse<String> answer, String cookie)
            throws Exception {
        if (answer.statusCode() < 300 || answer.statusCode() > 399) {
            return answer;
        }
        String location = answer.headers().firstValue("Location").orElseThrow();
        return web.getWith(URI.create(location).getRawPath(), "Cookie", cookie);
    }

    @Test
    void whatIsNotForClientsIsNotShownToThem() throws Exception {
        for (String path :
                List.of(
                        "/shop/WEB-INF/web.xml",
                        "/shop/META-INF/MANIFEST.MF",
                        "/shop//WEB-INF/web.xml",
                        "/shop/./WEB-INF/web.xml",
                        "/shop/tags/../WEB-INF/web.xml",
                        "/shop/%57EB-INF/web.xml",
                        "/shop/WEB-INF;x/web.xml",
                        "/shop/WEB-INF/lib/",
                        "/shop/WEB-INF",
                        "/shop/hello.jsp/",
                        "/shop/hello.jsp%00",
                        "/shop/hello.jsp%20",
                        "/shop/../../etc/passwd",
                        "/shop/..%2f..%2fetc/passwd")) {
            HttpResponse<String> answer = get(path);
            assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isIn(302, 400, 404);
            assertThat(answer.body())
                    .as(path)
                    .doesNotContain("<web-app", "Manifest-Version", "GREETING", "root:");
        }
    }
}
