package dev.treadle.it;

import static dev.treadle.it.TestWar.servlet;

import jakarta.annotation.Resource;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.apache.http.client.methods.HttpGet;
import org.apache.http.impl.client.BasicResponseHandler;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;

import javax.sql.DataSource;

/** An application with the faults that {@code treadle doctor} has to find. */
final class FaultyWar {
    /** How long each request waits for something. */
    private static final long WAIT_MILLIS = 100;

    private FaultyWar() {}

    static Path write(Path file) throws Exception {
        return TestWar.with(
                        servlet("fine", FineServlet.class)
                                + servlet("pool", PoolServlet.class)
                                + servlet("lock", LockServlet.class)
                                + servlet("http", RouteServlet.class)
                                + servlet("hog", HogServlet.class))
                .add("WEB-INF/classes/", FineServlet.class)
                .add("WEB-INF/classes/", PoolServlet.class)
                .add("WEB-INF/classes/", LockServlet.class)
                .add("WEB-INF/classes/", RouteServlet.class)
                .add("WEB-INF/classes/", HogServlet.class)
                .add("WEB-INF/lib/h2.jar", GivenWar.h2())
                .add("WEB-INF/lib/client.jar", jarOf(CloseableHttpClient.class))
                .add("WEB-INF/lib/core.jar", jarOf(org.apache.http.HttpHost.class))
                .add("WEB-INF/lib/logging.jar", jarOf(org.apache.commons.logging.Log.class))
                .add("WEB-INF/lib/codec.jar", jarOf(org.apache.commons.codec.binary.Base64.class))
                .write(file);
    }

    private static Path jarOf(Class<?> type) throws Exception {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return Path.of(source.getLocation().toURI());
    }

    /** Waits, and holds nothing meanwhile. */
    public static final class FineServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            try {
                Thread.sleep(WAIT_MILLIS);
            } catch (InterruptedException stopped) {
                throw new ServletException(stopped);
            }
            response.getWriter().print("fine");
        }
    }

    /** Holds a connection of a small pool while it waits. */
    public static final class PoolServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Resource(name = "jdbc/shop")
        private transient @Nullable DataSource source;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            DataSource given = source;
            if (given == null) {
                throw new ServletException("no jdbc/shop");
            }
            try (Connection connection = given.getConnection()) {
                Thread.sleep(WAIT_MILLIS);
                response.getWriter().print(connection.isValid(1));
            } catch (SQLException | InterruptedException failed) {
                throw new ServletException(failed);
            }
        }
    }

    /** Holds a lock while it waits. */
    public static final class LockServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private static final ReentrantLock LOCK = new ReentrantLock();

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            LOCK.lock();
            try {
                Thread.sleep(WAIT_MILLIS);
            } catch (InterruptedException stopped) {
                throw new ServletException(stopped);
            } finally {
                LOCK.unlock();
            }
            response.getWriter().print("locked");
        }
    }

    /** Asks this server by a client that has two connections for it. */
    public static final class RouteServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private static final CloseableHttpClient CLIENT = HttpClients.createDefault();

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            String fine = "http://127.0.0.1:" + request.getLocalPort() + "/fine";
            response.getWriter()
                    .print(CLIENT.execute(new HttpGet(fine), new BasicResponseHandler()));
        }
    }

    /** Computes for longer than a slice may be. */
    public static final class HogServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private static final long COMPUTE_NANOS = 400_000_000;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            long sum = 0;
            for (long start = System.nanoTime(); System.nanoTime() - start < COMPUTE_NANOS; ) {
                sum += start;
            }
            response.getWriter().print(sum);
        }
    }
}
