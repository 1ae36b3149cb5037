package dev.treadle.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerModel;
import dev.treadle.tck.EachModel;

import org.apache.catalina.authenticator.FormAuthenticator;
import org.apache.tomcat.util.descriptor.web.LoginConfig;
import org.apache.tomcat.util.descriptor.web.SecurityCollection;
import org.apache.tomcat.util.descriptor.web.SecurityConstraint;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A login between a POST and its answer: Tomcat keeps the body, and replays it. */
class FormLoginTest {
    private static String post(HttpClient client, TestTomcat server, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    @EachModel
    void theBodyFromBeforeTheLoginIsReplayed(WorkerModel model) throws Exception {
        try (TestTomcat server = new TestTomcat(TestTomcat.settings(model, 3).build())) {
            SecurityCollection secret = new SecurityCollection();
            secret.addPattern("/secret");
            SecurityConstraint constraint = new SecurityConstraint();
            constraint.addAuthRole("user");
            constraint.addCollection(secret);
            server.context().addSecurityRole("user");
            server.context().addConstraint(constraint);
            server.context().setLoginConfig(new LoginConfig("FORM", null, "/login", "/login"));
            server.context().getPipeline().addValve(new FormAuthenticator());
            server.tomcat().addUser("ann", "word");
            server.tomcat().addRole("ann", "user");
            server.servlet(
                            "/secret",
                            (request, response) ->
                                    response.getWriter().print("a=" + request.getParameter("a")))
                    .servlet("/login", (request, response) -> response.getWriter().print("login"))
                    .start();
            try (HttpClient client =
                    HttpClient.newBuilder()
                            .version(HttpClient.Version.HTTP_1_1)
                            .cookieHandler(new CookieManager())
                            .followRedirects(HttpClient.Redirect.NORMAL)
                            .build()) {
                assertThat(post(client, server, "/secret", "a=bcd")).isEqualTo("login");
                String login = "j_username=ann&j_password=word";
                assertThat(post(client, server, "/j_security_check", login)).isEqualTo("a=bcd");
                assertThat(post(client, server, "/secret", "a=e")).isEqualTo("a=e");
            }
            server.untilIdle();
        }
    }
}
