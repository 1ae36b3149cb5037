package dev.treadle.boot;

import jakarta.servlet.ServletContext;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.web.context.WebApplicationContext;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Warns that a worker model was set but has no effect. */
final class NoWebServer {
    private static final Logger LOG = System.getLogger("dev.treadle.boot");

    private static final String MOCKS = "org.springframework.mock.web.";

    private NoWebServer() {}

    /**
     * Returns the servlet context of a context; null if there is none yet, as before Boot has
     * started its web server.
     */
    static @Nullable ServletContext servletContext(ApplicationContext context) {
        return context instanceof WebApplicationContext web ? web.getServletContext() : null;
    }

    /** Tells it of an application that a container of the user's own serves, or a test. */
    static void tell(String model, @Nullable ServletContext servlets) {
        if (servlets != null && isMock(servlets)) {
            LOG.log(
                    Level.DEBUG,
                    "treadle: {0}: no server is started, so nothing runs on it",
                    model);
            return;
        }
        String container = servlets == null ? "its container" : servlets.getServerInfo();
        warn(
                model,
                container
                        + ", which Spring Boot has not started, serves this application on the"
                        + " workers it has itself; Treadle's serve it under the treadle command, or"
                        + " with the adapter of that container");
    }

    /** Boot's own, of a test with SpringBootTest, is a subclass of Spring's. */
    private static boolean isMock(ServletContext servlets) {
        for (Class<?> type = servlets.getClass(); type != null; type = type.getSuperclass()) {
            if (type.getName().startsWith(MOCKS)) {
                return true;
            }
        }
        return false;
    }

    static void warn(String model, String why) {
        LOG.log(
                Level.WARNING,
                "treadle: {0} (expected: a servlet application with a web server that Spring Boot"
                        + " starts): nothing runs on it: {1}",
                model,
                why);
    }
}
