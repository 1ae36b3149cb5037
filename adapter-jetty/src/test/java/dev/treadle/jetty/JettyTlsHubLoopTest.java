package dev.treadle.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerSettings;
import dev.treadle.tck.Http2Connection;
import dev.treadle.tck.Http2Stream;

import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Handshakes, ALPN and HTTP/2 on selectors whose own thread is held in a slice: a spare carrier
 * does all that in its place, for connections of the connector that carries the hubs and of others.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JettyTlsHubLoopTest {
    private static final int SELECTING = 0;
    private static final int DEFAULT = -1;

    private static ServerConnector connector(Server server, int acceptors) {
        SslContextFactory.Server certificate = new SslContextFactory.Server();
        certificate.setKeyStore(dev.treadle.tck.Tls.keys());
        certificate.setKeyStorePassword(dev.treadle.tck.Tls.PASSWORD);
        HttpConfiguration http = new HttpConfiguration();
        HttpConnectionFactory http1 = new HttpConnectionFactory(http);
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol(http1.getProtocol());
        return new ServerConnector(
                server,
                null,
                null,
                null,
                acceptors,
                -1,
                new SslConnectionFactory(certificate, alpn.getProtocol()),
                alpn,
                new HTTP2ServerConnectionFactory(http),
                http1);
    }

    private static JettyTestServer start(int acceptors, HubHandler handler) throws Exception {
        JettyTestServer jetty =
                new JettyTestServer(
                        WorkerSettings.builder().gevent(100).hubs(1).build(),
                        server -> connector(server, acceptors));
        ServerConnector second = connector(jetty.server, acceptors);
        second.setHost("127.0.0.1");
        jetty.server.addConnector(second);
        return jetty.start(handler);
    }

    private static Tls.Client connect(int port) throws Exception {
        return Tls.connect(dev.treadle.tck.Tls.keys(), port);
    }

    private static int port(JettyTestServer jetty, int connector) {
        return ((ServerConnector) jetty.server.getConnectors()[connector]).getLocalPort();
    }

    @ParameterizedTest(name = "acceptors: {0}")
    @ValueSource(ints = {DEFAULT, SELECTING})
    void newConnectionsAreServedWhileTheHubOfTheirLoopIsHeld(int acceptors) throws Exception {
        HubHandler handler = new HubHandler(1);
        try (JettyTestServer jetty = start(acceptors, handler);
                Http2Connection holding = Http2Connection.open(port(jetty, 0), true)) {
            Http2Stream hog = holding.get("/hog");
            handler.hogs.await();
            for (int i = 0; i < 20; i++) {
                int port = port(jetty, i % 2);
                try (Tls.Client http1 = connect(port);
                        Http2Connection http2 = Http2Connection.open(port, true)) {
                    assertThat(http1.get("/")).isNotEmpty();
                    assertThat(http2.get("/").read().status()).isEqualTo(200);
                }
            }
            assertThat(hog.over()).isFalse();
            assertThat(jetty.workers.stats().hubs().retakes()).isPositive();
            handler.letGo = true;
            assertThat(hog.read().status()).isEqualTo(200);
        }
    }

    /**
     * For longer with {@code -Dtreadle.tls.seconds}, of each variant; CONTRIBUTING has the command.
     */
    @ParameterizedTest(name = "acceptors: {0}")
    @ValueSource(ints = {DEFAULT, SELECTING})
    @Timeout(value = 12, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void underHogsNoHandshakeIsLost(int acceptors) throws Exception {
        int clients = 4;
        int seconds = Integer.getInteger("treadle.tls.seconds", 5);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        try (JettyTestServer jetty = start(acceptors, new HubHandler(0))) {
            List<FutureTask<Integer>> done = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                int port = port(jetty, i % 2);
                FutureTask<Integer> client = new FutureTask<>(() -> answered(port, end));
                Thread.ofPlatform().start(client);
                done.add(client);
            }
            int answered = 0;
            for (FutureTask<Integer> client : done) {
                answered += client.get(); // a lost handshake is a timeout of a read
            }
            System.out.println("TLS beside slices: " + answered + " connections, none lost");
            assertThat(answered).isPositive();
        }
    }

    /** Returns how many connections were answered; one after the other, on either protocol. */
    private static int answered(int port, long end) throws Exception {
        int answered = 0;
        do { // one at least: the first takes seconds on a busy machine
            String path = "/hog/" + ThreadLocalRandom.current().nextInt(31);
            if (answered % 2 == 0) {
                try (Tls.Client client = connect(port)) {
                    assertThat(client.get(path)).isNotEmpty();
                }
            } else {
                try (Http2Connection connection = Http2Connection.open(port, true)) {
                    assertThat(connection.get(path).read().status()).isEqualTo(200);
                }
            }
            answered++;
        } while (System.nanoTime() < end);
        return answered;
    }
}
