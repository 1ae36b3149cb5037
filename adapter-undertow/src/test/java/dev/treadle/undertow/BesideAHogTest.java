package dev.treadle.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.treadle.settings.WorkerSettings;
import dev.treadle.tck.Tls;

import io.undertow.Undertow;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpOpenListener;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;
import org.xnio.channels.AcceptingChannel;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * New connections of every kind of listener, while a request computes on the I/O thread they belong
 * to and a spare carrier does the thread's work.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class BesideAHogTest {
    private static final WorkerSettings SETTINGS =
            WorkerSettings.builder().gevent(20).hubs(1).retake(Duration.ofMillis(5)).build();

    private static final int ANSWER_MILLIS = 10_000;

    /** How a connection comes in. */
    enum Way {
        PLAIN(false, false),
        TLS(true, false),
        PROXY(false, true),
        PROXY_TLS(true, true);

        private final boolean secure;
        private final boolean proxy;

        Way(boolean secure, boolean proxy) {
            this.secure = secure;
            this.proxy = proxy;
        }

        private Undertow.ListenerBuilder listener() {
            Undertow.ListenerBuilder listener =
                    new Undertow.ListenerBuilder()
                            .setType(
                                    secure
                                            ? Undertow.ListenerType.HTTPS
                                            : Undertow.ListenerType.HTTP)
                            .setHost("127.0.0.1")
                            .setPort(0)
                            .setUseProxyProtocol(proxy);
            return secure ? listener.setSslContext(Tls.server()) : listener;
        }
    }

    /** One connection. */
    private static final class Connection implements AutoCloseable {
        private final Socket socket;

        Connection(int port, Way way) throws Exception {
            Socket plain = new Socket();
            plain.setSoTimeout(ANSWER_MILLIS);
            plain.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ANSWER_MILLIS);
            if (way.proxy) {
                plain.getOutputStream()
                        .write(
                                "PROXY TCP4 127.0.0.1 127.0.0.1 1000 2000\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
            }
            socket =
                    way.secure
                            ? trusting()
                                    .getSocketFactory()
                                    .createSocket(plain, "localhost", port, true)
                            : plain;
        }

        private static SSLContext trusting() throws Exception {
            TrustManagerFactory trust =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(Tls.keys());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        }

        Connection send(String path) throws IOException {
            socket.getOutputStream()
                    .write(
                            ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            return this;
        }

        /** Reads to the end of the one answer there is: its last four bytes are "done". */
        String read() throws IOException {
            StringBuilder answer = new StringBuilder();
            while (!answer.toString().endsWith("done")) {
                int read = socket.getInputStream().read();
                assertThat(read).as("end after %s", answer).isNotNegative();
                answer.append((char) read);
            }
            return answer.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /**
     * Computes at {@code /hog} until it is let go, and at {@code /spin/N} for N ms. Its close lets
     * go.
     */
    private static final class Application implements HttpHandler, AutoCloseable {
        private final AtomicInteger hogs = new AtomicInteger();
        private volatile boolean letGo;

        @Override
        public void handleRequest(HttpServerExchange exchange) {
            String path = exchange.getRequestPath();
            if (path.equals("/hog")) {
                hogs.incrementAndGet();
                while (!letGo) {
                    Thread.onSpinWait();
                }
                hogs.decrementAndGet();
            } else if (path.startsWith("/spin/")) {
                long nanos = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(path.substring(6)));
                long start = System.nanoTime();
                while (System.nanoTime() - start < nanos) {
                    Thread.onSpinWait();
                }
            }
            exchange.getResponseSender().send("done");
        }

        void letGo() {
            letGo = true;
        }

        @Override
        public void close() {
            letGo();
        }
    }

    private final Application application = new Application();

    @BeforeEach
    void hubsAreCarriedByIoThreads() {
        assumeThat(Runtime.version().feature()).isGreaterThanOrEqualTo(24); // see HubCarriers
    }

    private static int port(RunningUndertow server, int listener) {
        return ((InetSocketAddress) server.undertow().getListenerInfo().get(listener).getAddress())
                .getPort();
    }

    @ParameterizedTest
    @EnumSource
    void aNewConnectionIsServedAHundredTimesInARow(Way way) throws Exception {
        try (RunningUndertow server =
                        new RunningUndertow(
                                SETTINGS,
                                application,
                                Undertow.builder().addListener(way.listener()));
                Connection hog = new Connection(port(server, 0), way);
                Application letGo = application) {
            for (int i = 0; i < 100; i++) {
                letGo.letGo = false;
                hog.send("/hog");
                await().pollInterval(Duration.ofMillis(1)).until(() -> application.hogs.get() == 1);
                try (Connection other = new Connection(port(server, 0), way);
                        Connection second = new Connection(port(server, 1), Way.PLAIN)) {
                    assertThat(other.send("/hello").read()).as("round %s", i).contains("200 OK");
                    assertThat(second.send("/hello").read()).contains("200 OK");
                    assertThat(application.hogs).as("computes on").hasValue(1);
                }
                letGo.letGo();
                assertThat(hog.read()).contains("200 OK");
            }
            assertThat(server.workers().stats().hubs().retakes()).isPositive();
        }
    }

    /**
     * A connection that only the I/O thread can accept waits for that thread, and for no later
     * connection.
     */
    @Test
    void aConnectionThatOnlyTheIoThreadCanAcceptIsServedWhenItIsBack() throws Exception {
        AtomicReference<AcceptingChannel<? extends StreamConnection>> channel =
                new AtomicReference<>();
        try (RunningUndertow server = new RunningUndertow(SETTINGS, application);
                Connection hog = new Connection(port(server, 0), Way.PLAIN);
                Closeable listening = () -> IoUtils.safeClose(channel.get());
                Application letGo = application) {
            assertThat(listening).isNotNull(); // closed before the server is
            HttpOpenListener open = new HttpOpenListener(new DefaultByteBufferPool(false, 1_024));
            open.setRootHandler(application);
            channel.set(
                    server.undertow()
                            .getWorker()
                            .createStreamConnectionServer(
                                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                    ignored -> accept(channel.get(), open),
                                    OptionMap.EMPTY));
            channel.get().resumeAccepts();
            int port = channel.get().getLocalAddress(InetSocketAddress.class).getPort();
            hog.send("/hog");
            await().until(() -> application.hogs.get() == 1);
            try (Connection other = new Connection(port, Way.PLAIN);
                    Connection known = new Connection(port(server, 0), Way.PLAIN)) {
                other.send("/hello");
                assertThat(known.send("/hello").read()).contains("200 OK");
                letGo.letGo();
                assertThat(other.read()).contains("200 OK");
            }
            assertThat(hog.read()).contains("200 OK");
        }
    }

    private static void accept(
            AcceptingChannel<? extends StreamConnection> from, HttpOpenListener open) {
        try {
            StreamConnection accepted = from.accept();
            if (accepted != null) {
                open.handleEvent(accepted);
            }
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    @Test
    void noHandshakeIsLostUnderRandomLoad() throws Exception {
        AtomicInteger left = new AtomicInteger(240);
        assertThat(randomLoad(() -> left.getAndDecrement() > 0)).isEqualTo(240);
    }

    /**
     * Four clients at once, each connection with a handshake and a slice of 0 to 30 ms.
     *
     * @return how many connections were served; all, or this fails
     */
    static int randomLoad(BooleanSupplier goesOn) throws Exception {
        try (RunningUndertow server =
                new RunningUndertow(
                        SETTINGS,
                        new Application(),
                        Undertow.builder().addListener(Way.TLS.listener()))) {
            List<CompletableFuture<Integer>> running = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                running.add(later(port(server, 0), goesOn));
            }
            int served = 0;
            for (CompletableFuture<Integer> client : running) {
                served += client.get();
            }
            return served;
        }
    }

    private static CompletableFuture<Integer> later(int port, BooleanSupplier goesOn) {
        CompletableFuture<Integer> served = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    int handshakes = 0;
                    try {
                        while (goesOn.getAsBoolean()) {
                            try (Connection connection = new Connection(port, Way.TLS)) {
                                int millis = ThreadLocalRandom.current().nextInt(31);
                                assertThat(connection.send("/spin/" + millis).read())
                                        .contains("200 OK");
                            }
                            handshakes++;
                        }
                        served.complete(handshakes);
                    } catch (Throwable lost) {
                        served.completeExceptionally(lost);
                    }
                });
        return served;
    }
}
