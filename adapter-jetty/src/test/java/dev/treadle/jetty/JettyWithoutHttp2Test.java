package dev.treadle.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.settings.WorkerSettings;
import dev.treadle.tck.RawClient;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.File;
import java.lang.reflect.Constructor;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;

/** A server needs Jetty's classes of HTTP/2 only if it speaks HTTP/2. */
@Timeout(60)
class JettyWithoutHttp2Test {
    /** The code that runs without those classes. */
    static final class Probe implements Callable<String> {
        @Override
        public String call() throws Exception {
            try (JettyTestServer jetty =
                            new JettyTestServer(WorkerSettings.virtual(1))
                                    .start(TestHandlers.thread());
                    RawClient client = jetty.connect()) {
                return client.get("/").text();
            }
        }
    }

    @Test
    void aServerWithoutTheClassesOfHttp2Works() throws Exception {
        URL[] withoutHttp2 =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> !entry.contains("jetty-http2"))
                        .map(JettyWithoutHttp2Test::url)
                        .toArray(URL[]::new);
        try (URLClassLoader loader =
                new URLClassLoader(withoutHttp2, ClassLoader.getPlatformClassLoader())) {
            assertThatThrownBy(() -> loader.loadClass(Http2.FACTORY))
                    .isInstanceOf(ClassNotFoundException.class);
            Constructor<?> constructor =
                    loader.loadClass(Probe.class.getName()).getDeclaredConstructor();
            constructor.setAccessible(true);
            Callable<?> probe = (Callable<?>) constructor.newInstance();
            assertThat(probe.call()).asString().startsWith("treadle-virtual-");
        }
    }

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (MalformedURLException broken) {
            throw new IllegalArgumentException(entry, broken);
        }
    }
}
