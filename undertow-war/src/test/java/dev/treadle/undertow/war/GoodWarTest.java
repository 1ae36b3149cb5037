package dev.treadle.undertow.war;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.war.Probe;

import io.undertow.Undertow;
import io.undertow.server.HttpHandler;

import jakarta.servlet.annotation.WebServlet;

import org.jboss.jandex.DotName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What a WAR is made of, and what it can see, over HTTP. */
final class GoodWarTest {
    private static final Class<?>[] PROBE = {Probe.class, Probe.class.getSuperclass()};

    private static final String PROBE_AT =
            "<servlet-mapping><servlet-name>probe</servlet-name>"
                    + "<url-pattern>/by-descriptor</url-pattern></servlet-mapping>";

    @TempDir private Path directory = Path.of("");

    /** Asks a server of the application. */
    private interface Questions {
        void ask(Server server) throws Exception;
    }

    private record Server(HttpClient client, String root) {
        HttpResponse<String> get(String path) throws IOException, InterruptedException {
            return client.send(
                    HttpRequest.newBuilder(URI.create(root + path)).build(),
                    HttpResponse.BodyHandlers.ofString());
        }

        String text(String path) throws IOException, InterruptedException {
            HttpResponse<String> answer = get(path);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return answer.body();
        }

        int status(String path) throws IOException, InterruptedException {
            return get(path).statusCode();
        }
    }

    private void serve(WarMaker war, Questions questions) throws Exception {
        HttpHandler[] root = new HttpHandler[1];
        Undertow undertow =
                Undertow.builder()
                        .addHttpListener(0, "127.0.0.1")
                        .setHandler(exchange -> root[0].handleRequest(exchange))
                        .build();
        undertow.start();
        try (UndertowWar application =
                        UndertowWar.deploy(
                                war.write(directory.resolve("app.war")),
                                "/",
                                Files.createDirectory(directory.resolve("work")),
                                new UndertowWar.Surroundings(
                                        undertow.getWorker(),
                                        exchange -> -1,
                                        (classes, context) -> {},
                                        new NoUsers(),
                                        loader -> Map.of(),
                                        false));
                HttpClient client = HttpClient.newHttpClient()) {
            root[0] = application.handler();
            int port =
                    ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
            questions.ask(new Server(client, "http://127.0.0.1:" + port));
        } finally {
            undertow.stop();
        }
    }

    @Test
    void classesAreThoseOfTheJdkOfTheApisAndOfTheWar() throws Exception {
        String hidden = DotName.class.getName();
        WarMaker war =
                new WarMaker()
                        .classes(PROBE)
                        // an API that the container has, and a library that it is made of
                        .library(
                                "copies.jar",
                                new WarMaker()
                                        .add(
                                                WarMaker.file(WebServlet.class),
                                                WarMaker.bytes(WebServlet.class))
                                        .add(
                                                WarMaker.file(DotName.class),
                                                WarMaker.bytes(DotName.class)));
        serve(
                war,
                server -> {
                    assertThat(seen(server, Probe.class.getName())).isEqualTo("WAR");
                    assertThat(seen(server, hidden)).isEqualTo("WAR");
                    assertThat(seen(server, WebServlet.class.getName())).isEqualTo("container");
                    assertThat(seen(server, "io.undertow.Undertow")).isEqualTo("container");
                    assertThat(seen(server, "java.sql.Connection")).isEqualTo("container");
                    assertThat(seen(server, "org.jboss.jandex.Index")).isEqualTo("none");
                    assertThat(seen(server, UndertowWar.class.getName())).isEqualTo("none");
                    assertThat(
                                    server.text(
                                            "/by-annotation/?service=jakarta.servlet.ServletContainerInitializer"))
                            .as("those of the container are not the application's")
                            .isEqualTo("0 files");
                });
    }

    private static String seen(Server server, String type) throws Exception {
        return server.text("/by-annotation/?class=" + type);
    }

    @Test
    void descriptorWinsOverAnnotations() throws Exception {
        String servlet =
                "<servlet><servlet-name>probe</servlet-name><init-param><param-name>one</param-name>"
                        + "<param-value>descriptor</param-value></init-param></servlet>";
        serve(
                new WarMaker().classes(PROBE).webXml(servlet + PROBE_AT),
                server -> {
                    assertThat(server.text("/by-descriptor")).isEqualTo("descriptor annotation 1");
                    assertThat(server.status("/by-annotation/")).isEqualTo(404);
                });
    }

    @Test
    void completeDescriptorNeedsNoAnnotations() throws Exception {
        serve(
                new WarMaker()
                        .classes(PROBE)
                        .add(
                                "WEB-INF/web.xml",
                                "<web-app xmlns='https://jakarta.ee/xml/ns/jakartaee' version='6.0'"
                                        + " metadata-complete='true'/>")
                        .add("index.html", "a page"),
                server -> {
                    assertThat(server.status("/by-annotation/")).isEqualTo(404);
                    assertThat(server.text("/")).isEqualTo("a page");
                });
    }

    @Test
    void libraryThatTheOrderLeavesOutAddsNothing() throws Exception {
        WarMaker library =
                new WarMaker()
                        .add(WarMaker.file(PROBE[0]), WarMaker.bytes(PROBE[0]))
                        .add(WarMaker.file(PROBE[1]), WarMaker.bytes(PROBE[1]))
                        .add("META-INF/resources/of-library.html", "a page of the library");
        serve(
                new WarMaker().library("probe.jar", library),
                server -> {
                    assertThat(server.text("/by-annotation/")).isEqualTo("annotation annotation 1");
                    assertThat(server.text("/of-library.html")).isEqualTo("a page of the library");
                });
        directory = Files.createDirectory(directory.resolve("again"));
        serve(
                new WarMaker().library("probe.jar", library).webXml("<absolute-ordering/>"),
                server -> {
                    assertThat(server.status("/by-annotation/")).isEqualTo(404);
                    assertThat(server.status("/of-library.html")).isEqualTo(404);
                });
    }

    @Test
    void fileOfTheApplicationWinsOverThatOfALibrary() throws Exception {
        serve(
                new WarMaker()
                        .add("page.html", "of the application")
                        .library(
                                "pages.jar",
                                new WarMaker()
                                        .add("META-INF/resources/page.html", "of the library")
                                        .add("META-INF/resources/WEB-INF/web.xml", "<broken>")),
                server -> assertThat(server.text("/page.html")).isEqualTo("of the application"));
    }

    @Test
    void welcomePageThatNoDirectoryHasIsNone() throws Exception {
        serve(
                new WarMaker().add("file.html", "a file"),
                server -> {
                    HttpResponse<String> answer = server.get("/");
                    assertThat(answer.statusCode()).isIn(403, 404);
                    assertThat(answer.body()).doesNotContain("index.jsp");
                });
        directory = Files.createDirectory(directory.resolve("again"));
        serve(
                new WarMaker().add("sub/index.jsp", "<%= 6 * 7 %>"),
                server -> assertThat(server.text("/sub/")).isEqualTo("42"));
    }

    @Test
    void documentTypeOfTheSpecificationIsKnown() throws Exception {
        serve(
                new WarMaker()
                        .add(
                                "WEB-INF/web.xml",
                                "<!DOCTYPE web-app PUBLIC"
                                        + " '-//Sun Microsystems, Inc.//DTD Web Application 2.3//EN'"
                                        + " 'http://java.sun.com/dtd/web-app_2_3.dtd'><web-app>"
                                        + "<welcome-file-list><welcome-file>first.html</welcome-file>"
                                        + "</welcome-file-list></web-app>")
                        .add("first.html", "the first page"),
                server -> assertThat(server.text("/")).isEqualTo("the first page"));
    }

    @Test
    void pagesMayHaveOtherEndingsAndParameters() throws Exception {
        String page =
                "<%= switch (6) { case 6 -> 42; default -> 0; } %> <%= config.getInitParameter(\"mine\") %>";
        serve(
                new WarMaker()
                        .webXml(
                                "<servlet><servlet-name>jsp</servlet-name><servlet-class>"
                                        + "org.apache.jasper.servlet.JspServlet</servlet-class>"
                                        + "<init-param><param-name>mine</param-name>"
                                        + "<param-value>yes</param-value></init-param></servlet>"
                                        + "<servlet-mapping><servlet-name>jsp</servlet-name>"
                                        + "<url-pattern>*.page</url-pattern></servlet-mapping>"
                                        + "<servlet><servlet-name>file</servlet-name>"
                                        + "<jsp-file>/a.jsp</jsp-file></servlet>"
                                        + "<servlet-mapping><servlet-name>file</servlet-name>"
                                        + "<url-pattern>/by-name</url-pattern></servlet-mapping>")
                        .add("a.jsp", page)
                        .add("b.page", page),
                server -> {
                    assertThat(server.text("/a.jsp")).isEqualTo("42 yes");
                    assertThat(server.text("/b.page")).isEqualTo("42 yes");
                    assertThat(server.text("/by-name")).startsWith("42");
                });
    }
}
