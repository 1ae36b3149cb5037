package dev.treadle.it;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Set;

/** The ways a web application can fail to start. */
enum Failing {
    LISTENER(Failing.NO_DATABASE) {
        @Override
        Path war(Path directory) throws IOException {
            return TestWar.with(
                            "<listener><listener-class>"
                                    + BrokenListener.class.getName()
                                    + "</listener-class></listener>")
                    .add("WEB-INF/classes/", BrokenListener.class)
                    .write(directory.resolve("listener.war"));
        }
    },
    LOAD_ON_STARTUP(Failing.NO_DATABASE) {
        @Override
        Path war(Path directory) throws IOException {
            return TestWar.with(
                            "<servlet><servlet-name>broken</servlet-name><servlet-class>"
                                    + BrokenServlet.class.getName()
                                    + "</servlet-class><load-on-startup>1</load-on-startup></servlet>")
                    .add("WEB-INF/classes/", BrokenServlet.class)
                    .write(directory.resolve("servlet.war"));
        }
    },
    INITIALIZER(Failing.NO_DATABASE) {
        @Override
        Path war(Path directory) throws IOException {
            return TestWar.with("")
                    .add("WEB-INF/classes/", BrokenInitializer.class)
                    .add(
                            "WEB-INF/classes/META-INF/services/"
                                    + ServletContainerInitializer.class.getName(),
                            BrokenInitializer.class.getName())
                    .write(directory.resolve("initializer.war"));
        }
    },
    MISSING_CLASS("shop.Missing") {
        @Override
        Path war(Path directory) throws IOException {
            return TestWar.with(
                            "<listener><listener-class>shop.Missing</listener-class></listener>")
                    .write(directory.resolve("missing.war"));
        }
    },
    OLD_NAMESPACE("since Servlet 5.0: add --migrate") {
        @Override
        Path war(Path directory) throws IOException {
            return TestWar.with(
                            "<listener><listener-class>"
                                    + BrokenListener.class.getName()
                                    + "</listener-class></listener>")
                    .addRenamed(
                            "WEB-INF/classes/",
                            BrokenListener.class,
                            "jakarta/servlet/",
                            "javax/servlet/")
                    .write(directory.resolve("old.war"));
        }
    };

    /** The system property that {@link #probing} reads. */
    static final String PROBED_PORT = "probed.port";

    private static final String NO_DATABASE = "no database";

    private final String reason;

    Failing(String reason) {
        this.reason = reason;
    }

    /** Returns the text that the message must contain. */
    String reason() {
        return reason;
    }

    abstract Path war(Path directory) throws IOException;

    /** Returns an application that fails, and says whether a client could connect meanwhile. */
    static Path probing(Path directory) throws IOException {
        return TestWar.with(
                        "<listener><listener-class>"
                                + ProbingListener.class.getName()
                                + "</listener-class></listener>")
                .add("WEB-INF/classes/", ProbingListener.class)
                .write(directory.resolve("probing.war"));
    }

    /** For the container. */
    public static final class ProbingListener implements ServletContextListener {
        public ProbingListener() {}

        @Override
        public void contextInitialized(ServletContextEvent event) {
            throw new IllegalStateException("the port: " + state());
        }

        private static String state() {
            try (Socket client =
                    new Socket(InetAddress.getLoopbackAddress(), Integer.getInteger(PROBED_PORT))) {
                return client.isConnected() ? "open" : "half open";
            } catch (ConnectException refused) {
                return "closed";
            } catch (IOException other) {
                throw new UncheckedIOException(other);
            }
        }
    }

    /** For the container. */
    public static final class BrokenListener implements ServletContextListener {
        public BrokenListener() {}

        @Override
        public void contextInitialized(ServletContextEvent event) {
            throw new IllegalStateException("wrapped", new IllegalStateException(NO_DATABASE));
        }
    }

    /** For the container. */
    public static final class BrokenServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        public BrokenServlet() {}

        @Override
        public void init() throws ServletException {
            throw new ServletException("wrapped", new IllegalStateException(NO_DATABASE));
        }
    }

    /** For the container. */
    public static final class BrokenInitializer implements ServletContainerInitializer {
        public BrokenInitializer() {}

        @Override
        public void onStartup(@Nullable Set<Class<?>> types, ServletContext context) {
            throw new IllegalStateException(NO_DATABASE);
        }
    }
}
