package dev.treadle.tck;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.Set;

/**
 * The application of the contract: an ordinary blocking servlet application that knows nothing of
 * Treadle. A container deploys it at {@link #contextPath()} by adding this initializer, the {@link
 * #errorPages()} and the {@link #webSocket()} endpoint.
 */
public final class TckApplication implements ServletContainerInitializer {
    /**
     * The first byte of {@code /big} is 0, the next 1, and so on round to 250: an odd period shows
     * a lost buffer.
     */
    static final int BIG_PERIOD = 251;

    private final Probe probe = new Probe();

    private final String contextPath;

    TckApplication(String contextPath) {
        this.contextPath = contextPath;
    }

    /** Returns where it is: the empty string for the root, or a path such as {@code /shop}. */
    public String contextPath() {
        return contextPath;
    }

    /** Returns the test's view of this application. */
    public Probe probe() {
        return probe;
    }

    /** Returns the error pages a container must register: status code to location. */
    public Map<Integer, String> errorPages() {
        return Map.of(404, "/error-page", 500, "/error-page");
    }

    /**
     * Returns the WebSocket endpoint a container must register; {@link #register} does, where a
     * ServerContainer is at hand.
     */
    public ServerEndpointConfig webSocket() {
        return ServerEndpointConfig.Builder.create(EchoEndpoint.class, "/echo").build();
    }

    /** Registers the WebSocket endpoint. */
    public void register(ServerContainer container) throws DeploymentException {
        container.addEndpoint(webSocket());
    }

    @Override
    public void onStartup(@Nullable Set<Class<?>> classes, ServletContext context) {
        add(context, "/hello", (request, response) -> TckServlet.text(response, "hello"));
        add(
                context,
                "/thread",
                (request, response) -> TckServlet.text(response, TckServlet.thread()));
        add(
                context,
                "/deep",
                (request, response) ->
                        TckServlet.text(response, TckServlet.sleepAt(10_000) + " deep"));
        add(context, "/hold", this::hold);
        add(context, "/held/*", this::hold);
        add(context, "/healthz/hold", this::hold);
        add(context, "/healthz/*", (request, response) -> TckServlet.text(response, "alive"));
        add(
                context,
                "/second",
                (request, response) ->
                        TckServlet.text(response, "let go: " + probe.aSecondInside()));
        add(
                context,
                "/exception",
                (request, response) -> {
                    throw new IllegalStateException("thrown by the application");
                });
        add(
                context,
                "/throw-error",
                (request, response) -> {
                    throw new TckError();
                });
        add(context, "/upload", this::upload);
        add(context, "/big", TckApplication::big);
        add(context, "/session", TckApplication::session);
        add(
                context,
                "/error-page",
                (request, response) -> TckServlet.text(response, "the error page"));
        add(
                context,
                "/carrier",
                (request, response) -> TckServlet.text(response, ChildServlets.carrier()));
        add(context, "/spin", (request, response) -> TckServlet.text(response, probe.spin()));
        add(context, "/count", Counting::count);
        add(context, "/task/*", (request, response) -> TckServlet.text(response, probe.runTask()));
        context.addListener(
                new ServletRequestListener() {
                    @Override
                    public void requestDestroyed(ServletRequestEvent event) {
                        probe.requestDestroyed();
                    }
                });
        AsyncServlets.register(this, context);
        ChildServlets.register(this, context);
        StuckServlets.register(this, context);
        RequestServlets.register(this, context);
        WaitingServlets.register(this, context);
        StreamServlets.register(this, context);
        ListenerServlets.register(this, context);
    }

    ServletRegistration.Dynamic add(ServletContext context, String path, TckServlet.Action action) {
        ServletRegistration.Dynamic registration =
                context.addServlet(path.substring(1), new TckServlet(action));
        registration.addMapping(path);
        registration.setAsyncSupported(true);
        return registration;
    }

    private void hold(HttpServletRequest request, HttpServletResponse response)
            throws IOException, InterruptedException {
        probe.holdInside(String.valueOf(request.getParameter("name")));
        TckServlet.text(response, "held");
    }

    private void upload(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        TckServlet.text(response, "read " + readBody(request));
    }

    /** Reads the body to its end, and returns its length. */
    long readBody(HttpServletRequest request) throws IOException {
        byte[] buffer = new byte[4_096];
        long total = 0;
        try (InputStream body = request.getInputStream()) {
            for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
                probe.read(n);
                total += n;
            }
        }
        return total;
    }

    private static void big(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        int bytes = beginBig(request, response);
        byte[] chunk = bigChunk();
        OutputStream out = response.getOutputStream();
        for (int left = bytes; left > 0; left -= chunk.length) {
            out.write(chunk, 0, Math.min(left, chunk.length));
        }
    }

    /** Says how long the answer is to be, and returns it. */
    static int beginBig(HttpServletRequest request, HttpServletResponse response) {
        int bytes = Integer.parseInt(request.getParameter("bytes"));
        response.setContentType("application/octet-stream");
        response.setContentLength(bytes);
        return bytes;
    }

    /** A big answer is this again and again. */
    static byte[] bigChunk() {
        byte[] chunk = new byte[BIG_PERIOD * 64];
        for (int i = 0; i < chunk.length; i++) {
            chunk[i] = (byte) (i % BIG_PERIOD);
        }
        return chunk;
    }

    private static void session(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        HttpSession session = request.getSession();
        Object before = session.getAttribute("visits");
        int visits = before == null ? 1 : (Integer) before + 1;
        session.setAttribute("visits", visits);
        TckServlet.text(response, "visit " + visits);
    }

    /** An Error of the application: not an Exception, so that a catch of Exception misses it. */
    static final class TckError extends Error {
        private static final long serialVersionUID = 1L;

        TckError() {
            super("Error thrown by the application");
        }
    }
}
