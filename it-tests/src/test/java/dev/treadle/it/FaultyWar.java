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
import java.io.InputStream;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Array;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
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
                                + servlet("http5", FiveServlet.class)
                                + servlet("hog", HogServlet.class)
                                + servlet("native", NativeServlet.class)
                                + servlet("init", InitServlet.class)
                                + servlet("monitor", MonitorServlet.class)
                                + servlet("names", NameServlet.class)
                                + servlet("copies", CopyServlet.class))
                .add("WEB-INF/classes/", FineServlet.class)
                .add("WEB-INF/classes/", FineServlet.Shared.class)
                .add("WEB-INF/classes/", PoolServlet.class)
                .add("WEB-INF/classes/", LockServlet.class)
                .add("WEB-INF/classes/", RouteServlet.class)
                .add("WEB-INF/classes/", FiveServlet.class)
                .add("WEB-INF/classes/", HogServlet.class)
                .add("WEB-INF/classes/", NativeServlet.class)
                .add("WEB-INF/classes/", InitServlet.class)
                .add("WEB-INF/classes/", InitServlet.Afresh.class)
                .add("WEB-INF/classes/", SlowStart.class)
                .add("WEB-INF/classes/", MonitorServlet.class)
                .add("WEB-INF/classes/", NameServlet.class)
                .add("WEB-INF/classes/", CopyServlet.class)
                .add("WEB-INF/lib/h2.jar", GivenWar.h2())
                .add("WEB-INF/lib/client.jar", jarOf(CloseableHttpClient.class))
                .add("WEB-INF/lib/core.jar", jarOf(org.apache.http.HttpHost.class))
                .add("WEB-INF/lib/logging.jar", jarOf(org.apache.commons.logging.Log.class))
                .add("WEB-INF/lib/codec.jar", jarOf(org.apache.commons.codec.binary.Base64.class))
                .add("WEB-INF/lib/client5.jar", jarOf(org.apache.hc.client5.http.HttpRoute.class))
                .add("WEB-INF/lib/core5.jar", jarOf(org.apache.hc.core5.http.HttpHost.class))
                .add(
                        "WEB-INF/lib/core5-h2.jar",
                        jarOf(org.apache.hc.core5.http2.HttpVersionPolicy.class))
                .add("WEB-INF/lib/slf4j.jar", jarOf(org.slf4j.Logger.class))
                .write(file);
    }

    static Path jarOf(Class<?> type) throws Exception {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return Path.of(source.getLocation().toURI());
    }

    /** Waits, and holds nothing meanwhile but what all requests share. */
    public static final class FineServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private static final byte[] TABLE = new byte[1 << 20];
        private static final ThreadLocal<Shared> SHARED =
                ThreadLocal.withInitial(() -> new Shared(TABLE, new StringBuilder()));

        /** Little of its own beside what all share. */
        static final class Shared {
            final byte[] table;
            final StringBuilder own;

            Shared(byte[] table, StringBuilder own) {
                this.table = table;
                this.own = own;
            }
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            StringBuilder own = SHARED.get().own;
            try {
                Thread.sleep(WAIT_MILLIS);
            } catch (InterruptedException stopped) {
                throw new ServletException(stopped);
            }
            response.getWriter().print(own.append("fine").length() + SHARED.get().table.length);
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

    /** Asks this server by a client of version 5, which has five connections for it. */
    public static final class FiveServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private static final org.apache.hc.client5.http.impl.classic.CloseableHttpClient CLIENT =
                org.apache.hc.client5.http.impl.classic.HttpClients.createDefault();

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            String fine = "http://127.0.0.1:" + request.getLocalPort() + "/fine";
            String code =
                    CLIENT.execute(
                            new org.apache.hc.client5.http.classic.methods.HttpGet(fine),
                            answer -> String.valueOf(answer.getCode()));
            response.getWriter().print(code);
        }
    }

    /**
     * Waits inside a native function. By reflection: {@code java.lang.foreign} is a preview of JDK
     * 21, which this is compiled for.
     */
    public static final class NativeServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private static final String PACKAGE = "java.lang.foreign.";
        private static final int MICROS = 400_000;

        private static @Nullable MethodHandle sleep;

        @Override
        public void init() throws ServletException {
            try {
                sleep = function("usleep");
            } catch (ReflectiveOperationException changed) {
                throw new ServletException(changed);
            }
        }

        /** Returns a function of the C library from an int to an int. */
        private static MethodHandle function(String name) throws ReflectiveOperationException {
            Class<?> linkerType = Class.forName(PACKAGE + "Linker");
            Class<?> layout = Class.forName(PACKAGE + "MemoryLayout");
            Class<?> descriptor = Class.forName(PACKAGE + "FunctionDescriptor");
            Class<?> options = Class.forName(PACKAGE + "Linker$Option").arrayType();
            Object linker = linkerType.getMethod("nativeLinker").invoke(null);
            Object symbols = linkerType.getMethod("defaultLookup").invoke(linker);
            Optional<?> found =
                    (Optional<?>)
                            Class.forName(PACKAGE + "SymbolLookup")
                                    .getMethod("find", String.class)
                                    .invoke(symbols, name);
            Object whole = Class.forName(PACKAGE + "ValueLayout").getField("JAVA_INT").get(null);
            Object arguments = Array.newInstance(layout, 1);
            Array.set(arguments, 0, whole);
            Object signature =
                    descriptor
                            .getMethod("of", layout, layout.arrayType())
                            .invoke(null, whole, arguments);
            return (MethodHandle)
                    linkerType
                            .getMethod(
                                    "downcallHandle",
                                    Class.forName(PACKAGE + "MemorySegment"),
                                    descriptor,
                                    options)
                            .invoke(
                                    linker,
                                    found.orElseThrow(),
                                    signature,
                                    Array.newInstance(options.componentType(), 0));
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            MethodHandle function = sleep;
            if (function == null) {
                throw new ServletException("no usleep");
            }
            try {
                int failed = (int) function.invokeExact(MICROS);
                response.getWriter().print(failed);
            } catch (IOException | RuntimeException | Error thrown) {
                throw thrown;
            } catch (Throwable thrown) {
                throw new ServletException(thrown);
            }
        }
    }

    /** Initialises a class, each request a new one, which takes its time. */
    public static final class InitServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            try {
                response.getWriter()
                        .print(Class.forName(SlowStart.class.getName(), true, new Afresh()));
            } catch (ClassNotFoundException missing) {
                throw new ServletException(missing);
            }
        }

        /** Defines one class anew, and takes all others from where they are. */
        static final class Afresh extends ClassLoader {
            Afresh() {
                super(InitServlet.class.getClassLoader());
            }

            @Override
            protected Class<?> loadClass(String name, boolean resolve)
                    throws ClassNotFoundException {
                if (!name.equals(SlowStart.class.getName())) {
                    return super.loadClass(name, resolve);
                }
                String file = "/" + name.replace('.', '/') + ".class";
                try (InputStream in = InitServlet.class.getResourceAsStream(file)) {
                    if (in == null) {
                        throw new ClassNotFoundException(name);
                    }
                    byte[] bytes = in.readAllBytes();
                    return defineClass(name, bytes, 0, bytes.length);
                } catch (IOException unreadable) {
                    throw new ClassNotFoundException(name, unreadable);
                }
            }
        }
    }

    /** Sleeps in its initialiser, where no JDK can unmount a virtual thread. */
    static final class SlowStart {
        private static final long SLEEP_MILLIS = 400;

        static {
            try {
                Thread.sleep(SLEEP_MILLIS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        private SlowStart() {}
    }

    /** Waits in a synchronized block. */
    public static final class MonitorServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private static final long SLEEP_MILLIS = 400;
        private static final Object MONITOR = new Object();

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            synchronized (MONITOR) {
                try {
                    Thread.sleep(SLEEP_MILLIS);
                } catch (InterruptedException stopped) {
                    throw new ServletException(stopped);
                }
            }
            response.getWriter().print("locked");
        }
    }

    /** Asks for the address of another host each time. */
    public static final class NameServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private static final AtomicInteger COUNT = new AtomicInteger();

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            String name = "host-" + COUNT.incrementAndGet() + ".example";
            try {
                response.getWriter().print(InetAddress.getByName(name));
            } catch (UnknownHostException unknown) {
                response.getWriter().print("unknown");
            }
        }
    }

    /** Has a buffer for each thread, which is one for each request. */
    public static final class CopyServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private static final int BUFFER = 200 << 10;
        private static final ThreadLocal<byte[]> BUFFERS =
                ThreadLocal.withInitial(() -> new byte[BUFFER]);

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            byte[] buffer = BUFFERS.get();
            try {
                Thread.sleep(WAIT_MILLIS);
            } catch (InterruptedException stopped) {
                throw new ServletException(stopped);
            }
            response.getWriter().print(buffer.length);
        }
    }
}
