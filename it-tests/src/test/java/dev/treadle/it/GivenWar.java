package dev.treadle.it;

import static dev.treadle.it.TestWar.servlet;

import static java.util.Objects.requireNonNull;

import jakarta.annotation.Resource;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;

/** An application that tells what it is given by the launcher. */
final class GivenWar {
    /** The name of its realm: with characters that have to be quoted in a header. */
    static final String REALM = "The Shop, 2";

    /** A class that each container sees; the WAR has it, too. */
    static final String TWICE = "org.jctools.util.Pow2";

    private GivenWar() {}

    /**
     * @param container decides between the environments of Jetty
     */
    static Path write(Path file, String container) throws Exception {
        return TestWar.with(
                        servlet("secret", SecretServlet.class)
                                + servlet("level", LevelServlet.class)
                                + servlet("jndi", JndiServlet.class)
                                + servlet("sql", SqlServlet.class)
                                + servlet("where", WhereServlet.class)
                                + envEntry("shop/limit", "java.lang.Integer", "5")
                                + envEntry("shop/own", "java.lang.String", "of the WAR")
                                + "<resource-ref><res-ref-name>jdbc/shop</res-ref-name>"
                                + "<res-type>javax.sql.DataSource</res-type></resource-ref>"
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
                .add("WEB-INF/classes/", JndiServlet.class)
                .add("WEB-INF/classes/", SqlServlet.class)
                .add("WEB-INF/classes/", WhereServlet.class)
                .add("WEB-INF/classes/", ClassPlace.class)
                .add("WEB-INF/classes/" + TWICE.replace('.', '/') + ".class", twice())
                .add("WEB-INF/lib/h2.jar", h2())
                .add("META-INF/context.xml", CONTEXT_XML)
                .add("WEB-INF/jetty-web.xml", jettyWebXml(container))
                .write(file);
    }

    private static final String CONTEXT_XML =
            """
            <Context>
              <Parameter name="from" value="context.xml" override="false"/>
              <Resource name="jdbc/own" type="javax.sql.DataSource" driverClassName="org.h2.Driver"
                  url="jdbc:h2:mem:own" username="sa" password=""/>
            </Context>
            """;

    private static String jettyWebXml(String container) {
        String environment = container.equals("jetty-ee10") ? "ee10" : "ee11";
        return """
        <!DOCTYPE Configure PUBLIC "-//Jetty//Configure//EN" "https://jetty.org/configure_10_0.dtd">
        <Configure class="org.eclipse.jetty.%s.webapp.WebAppContext">
          <Call name="setInitParameter"><Arg>from</Arg><Arg>jetty-web.xml</Arg></Call>
        </Configure>
        """
                .formatted(environment);
    }

    private static String envEntry(String name, String type, String value) {
        return "<env-entry><env-entry-name>%s</env-entry-name><env-entry-type>%s</env-entry-type><env-entry-value>%s</env-entry-value></env-entry>"
                .formatted(name, type, value);
    }

    /** The jar of the database. */
    static Path h2() throws URISyntaxException {
        return Path.of(
                org.h2.Driver.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private static byte[] twice() throws IOException {
        return Places.classInLibrary(TWICE);
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
                                    + getServletContext().getMinorVersion()
                                    + " from "
                                    + getServletContext().getInitParameter("from"));
        }
    }

    /** For the container: tells the value of a name. */
    public static final class JndiServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Resource(name = "shop/limit")
        private @Nullable Integer limit;

        public JndiServlet() {}

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            response.getWriter().write(value(request.getParameter("name")) + ", limit " + limit);
        }

        @SuppressWarnings("BanJNDI")
        private static String value(String name) {
            try {
                Object value = new InitialContext().lookup("java:comp/env/" + name);
                return value.getClass().getSimpleName() + " " + value;
            } catch (NamingException none) {
                return "none";
            }
        }
    }

    /** For the container: counts the orders in a database. */
    public static final class SqlServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Resource(name = "jdbc/shop")
        private @Nullable DataSource injected;

        public SqlServlet() {}

        @Override
        @SuppressWarnings("BanJNDI")
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            String name = request.getParameter("name");
            try {
                DataSource source =
                        name == null
                                ? requireNonNull(injected)
                                : (DataSource) new InitialContext().lookup("java:comp/env/" + name);
                response.getWriter().write(count(source));
            } catch (SQLException | NamingException failed) {
                response.getWriter().write("failed: " + failed);
            }
        }

        private static String count(DataSource source) throws SQLException {
            try (Connection connection = source.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("create table if not exists orders (id identity)");
                statement.execute("insert into orders default values");
                try (ResultSet rows =
                        statement.executeQuery(
                                "select current_user, count(*), database() from orders")) {
                    rows.next();
                    return rows.getString(1) + " " + rows.getInt(2) + " " + rows.getString(3);
                }
            }
        }
    }

    /** For the container: tells where a class comes from. */
    public static final class WhereServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        public WhereServlet() {}

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            response.getWriter().write(ClassPlace.of(request.getParameter("class")));
        }
    }
}
