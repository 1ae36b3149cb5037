package dev.treadle.it;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A web application that tells its version, and can be held at its start and inside a request. */
final class VersionedApp {
    private VersionedApp() {}

    /**
     * @param name what the application calls itself
     * @param version the version it tells
     * @param more what else stands inside web-app
     */
    static TestWar war(String name, int version, String more) throws IOException {
        return TestWar.with(
                        parameter("name", name)
                                + parameter("version", String.valueOf(version))
                                + more
                                + "<listener><listener-class>"
                                + Life.class.getName()
                                + "</listener-class></listener>"
                                + "<servlet><servlet-name>tell</servlet-name><servlet-class>"
                                + Tell.class.getName()
                                + "</servlet-class><async-supported>true</async-supported></servlet>"
                                + "<servlet-mapping><servlet-name>tell</servlet-name>"
                                + "<url-pattern>/</url-pattern></servlet-mapping>")
                .add("WEB-INF/classes/", VersionedApp.class)
                .add("WEB-INF/classes/", Life.class)
                .add("WEB-INF/classes/", Tell.class)
                .add("page.jsp", "<%= application.getInitParameter(\"version\") %>");
    }

    static String parameter(String name, String value) {
        return "<context-param><param-name>"
                + name
                + "</param-name><param-value>"
                + value
                + "</param-value></context-param>";
    }

    /** The start waits until {@code go} is there, and makes {@code begun} before it. */
    static String held(Path begun, Path go) {
        return parameter("begun", begun.toString()) + parameter("go", go.toString());
    }

    /** For the container. */
    public static final class Life implements ServletContextListener {
        public Life() {}

        @Override
        public void contextInitialized(ServletContextEvent event) {
            String go = event.getServletContext().getInitParameter("go");
            if (go != null) {
                String begun = event.getServletContext().getInitParameter("begun");
                try {
                    Files.createFile(Path.of(begun));
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
                awaitFile(go);
            }
        }

        @Override
        public void contextDestroyed(ServletContextEvent event) {
            System.out.println(
                    "ended "
                            + event.getServletContext().getInitParameter("name")
                            + " "
                            + event.getServletContext().getInitParameter("version"));
        }

        /** Waits until a file is there. */
        static void awaitFile(String file) {
            try {
                while (!Files.exists(Path.of(file))) {
                    Thread.sleep(10);
                }
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        }
    }

    /** Answers with its name and version. */
    public static final class Tell extends HttpServlet {
        private static final long serialVersionUID = 1L;

        /** The threads of a pool outlive the application, and so do their values. */
        private static final ThreadLocal<Object> LEFT = new ThreadLocal<>();

        /** For the container. */
        public Tell() {}

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            LEFT.set(this);
            String path = request.getRequestURI();
            if (path.endsWith("/session")) {
                request.getSession();
            }
            String until = request.getParameter("until");
            if (path.endsWith("/async")) {
                AsyncContext async = request.startAsync();
                async.start(() -> {
                    finish(until, (HttpServletResponse) async.getResponse());
                    async.complete();
                });
            } else {
                finish(until, response);
            }
        }

        /** Answers at once, or when a file is there. */
        private void finish(String until, HttpServletResponse response) {
            byte[] answer = answer();
            try {
                if (until == null) {
                    response.setContentLength(answer.length);
                } else {
                    response.getOutputStream().println("begun");
                    response.flushBuffer();
                    Life.awaitFile(until);
                }
                response.getOutputStream().write(answer);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        private byte[] answer() {
            return (getServletContext().getInitParameter("name")
                            + " "
                            + getServletContext().getInitParameter("version"))
                    .getBytes(StandardCharsets.UTF_8);
        }
    }
}
