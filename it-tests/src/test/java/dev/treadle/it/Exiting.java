package dev.treadle.it;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.nio.file.Path;

/** A web application that ends the JVM, and has a shutdown hook that takes its time. */
final class Exiting {
    static final String HOOK_ENDED = "the hook of the application has ended";

    /** Longer than the stop of a server with no request inside. */
    private static final int HOOK_MILLIS = 1_500;

    private Exiting() {}

    /**
     * Packs it. Its one servlet works for {@code millis}, and calls {@code System.exit(code)} if
     * there is a code.
     */
    static Path war(Path directory) throws IOException {
        return war(directory, HookListener.class);
    }

    /** Packs it with a listener that calls {@code System.exit(5)} when the application stops. */
    static Path warThatExitsWhenStopped(Path directory) throws IOException {
        return war(directory, ExitListener.class);
    }

    private static Path war(Path directory, Class<? extends ServletContextListener> listener)
            throws IOException {
        return TestWar.with(
                        "<listener><listener-class>"
                                + listener.getName()
                                + "</listener-class></listener>"
                                + "<servlet><servlet-name>work</servlet-name><servlet-class>"
                                + WorkServlet.class.getName()
                                + "</servlet-class></servlet><servlet-mapping><servlet-name>work"
                                + "</servlet-name><url-pattern>/work</url-pattern></servlet-mapping>")
                .add("WEB-INF/classes/", listener)
                .add("WEB-INF/classes/", WorkServlet.class)
                .write(directory.resolve("exiting.war"));
    }

    /** For the container. */
    public static final class WorkServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        public WorkServlet() {}

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            PrintWriter writer = response.getWriter();
            writer.println("begun");
            response.flushBuffer();
            try {
                Thread.sleep(Long.parseLong(request.getParameter("millis")));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted at work");
            }
            String code = request.getParameter("code");
            if (code != null) {
                System.exit(Integer.parseInt(code));
            }
            writer.println("finished");
        }
    }

    /** For the container. */
    public static final class HookListener implements ServletContextListener {
        public HookListener() {}

        @Override
        public void contextInitialized(ServletContextEvent event) {
            Runtime.getRuntime().addShutdownHook(new Thread(HookListener::work));
        }

        private static void work() {
            try {
                Thread.sleep(HOOK_MILLIS);
                System.out.println(HOOK_ENDED);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** For the container. */
    public static final class ExitListener implements ServletContextListener {
        public ExitListener() {}

        @Override
        public void contextDestroyed(ServletContextEvent event) {
            System.exit(5);
        }
    }
}
