package dev.treadle.it;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;
import java.nio.file.Path;

/** An application that tells what it is given by the launcher. */
final class GivenWar {
    /** The name of its realm: with characters that have to be quoted in a header. */
    static final String REALM = "The Shop, 2";

    private GivenWar() {}

    static Path write(Path file) throws IOException {
        return TestWar.with(
                        servlet("secret", SecretServlet.class)
                                + servlet("level", LevelServlet.class)
                                + "<security-constraint><web-resource-collection>"
                                + "<web-resource-name>secret</web-resource-name>"
                                + "<url-pattern>/secret</url-pattern></web-resource-collection>"
                                + "<auth-constraint><role-name>reader</role-name></auth-constraint>"
                                + "</security-constraint>"
                                + "<login-config><auth-method>BASIC</auth-method><realm-name>"
                                + REALM
                                + "</realm-name></login-config>"
                                + "<security-role><role-name>reader</role-name></security-role>"
                                + "<security-role><role-name>editor</role-name></security-role>")
                .add("WEB-INF/classes/", SecretServlet.class)
                .add("WEB-INF/classes/", LevelServlet.class)
                .write(file);
    }

    private static String servlet(String name, Class<?> type) {
        return "<servlet><servlet-name>%s</servlet-name><servlet-class>%s</servlet-class></servlet>"
                        .formatted(name, type.getName())
                + "<servlet-mapping><servlet-name>%s</servlet-name><url-pattern>/%s</url-pattern></servlet-mapping>"
                        .formatted(name, name);
    }

    /** For the container. */
    public static final class SecretServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        public SecretServlet() {}

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            response.getWriter()
                    .write(
                            request.getRemoteUser()
                                    + " reader="
                                    + request.isUserInRole("reader")
                                    + " editor="
                                    + request.isUserInRole("editor"));
        }
    }

    /** For the container. */
    public static final class LevelServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        public LevelServlet() {}

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            response.getWriter()
                    .write(
                            getServletContext().getMajorVersion()
                                    + "."
                                    + getServletContext().getMinorVersion());
        }
    }
}
