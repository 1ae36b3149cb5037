package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.FormFields;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.Test;

import java.lang.reflect.Constructor;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;

/** {@code --max-post} on Jetty, with a pool that knows the buffers that were not given back. */
class JettyBodyLimitTest {
    private static final long LIMIT = 1_000;

    private final ArrayByteBufferPool.Tracking pool = new ArrayByteBufferPool.Tracking();
    private final Server server = new Server(new QueuedThreadPool(), null, pool);

    @Test
    void theBuffersOfABodyThatIsTooLargeComeBack() throws Exception {
        Path treadle = Path.of(System.getProperty("treadle.jar"));
        URL[] launcher = {
            treadle.toUri().toURL(),
            treadle.resolveSibling("lib/jetty/treadle-jetty.jar").toUri().toURL()
        };
        try (URLClassLoader loader = new URLClassLoader(launcher, getClass().getClassLoader())) {
            Handler.Wrapper limit = limit(loader);
            limit.setHandler(new Reading());
            server.setHandler(limit);
            ServerConnector connector = new ServerConnector(server);
            connector.setHost("127.0.0.1");
            server.addConnector(connector);
            server.start();
            try {
                refuses(URI.create("http://127.0.0.1:" + connector.getLocalPort()));
            } finally {
                server.stop();
            }
        }
        assertThat(pool.getLeaks()).isEmpty();
    }

    /** The launcher's own, which no other package sees. */
    private static Handler.Wrapper limit(ClassLoader loader) throws Exception {
        Class<?> bytes = loader.loadClass("dev.treadle.launcher.host.BodyLimit");
        Constructor<?> constructor =
                loader.loadClass("dev.treadle.launcher.jetty.BodyLimitHandler")
                        .getDeclaredConstructor(bytes);
        constructor.setAccessible(true);
        return (Handler.Wrapper)
                constructor.newInstance(bytes.getConstructor(long.class).newInstance(LIMIT));
    }

    private static void refuses(URI root) throws Exception {
        String head = "POST %s HTTP/1.1\r\nHost: here\r\nContent-Type: %s\r\n";
        String form = "application/x-www-form-urlencoded";
        String chunks =
                "Transfer-Encoding: chunked\r\n\r\n258\r\n"
                        + "x".repeat(600)
                        + "\r\n258\r\n"
                        + "x".repeat(600);
        for (int i = 0; i < 20; i++) {
            assertThat(RawHttp.statusOf(root, head.formatted("/form", form) + chunks))
                    .isEqualTo(413);
            assertThat(RawHttp.statusOf(root, head.formatted("/bytes", "x/x") + chunks))
                    .isEqualTo(413);
            assertThat(
                            RawHttp.statusOf(
                                    root,
                                    head.formatted("/bytes", "x/x")
                                            + "Content-Length: 1001\r\n\r\n"))
                    .isEqualTo(413);
        }
    }

    /** Reads the body as a form, or all of its bytes. */
    private static final class Reading extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            if (request.getHttpURI().getPath().equals("/form")) {
                FormFields.getFields(request, 10, (int) (2 * LIMIT));
                callback.succeeded();
            } else {
                Content.Source.consumeAll(request, callback);
            }
            return true;
        }
    }
}
