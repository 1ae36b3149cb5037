package dev.treadle.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;
import dev.treadle.tck.Http2Connection;
import dev.treadle.tck.RawClient;

import org.apache.catalina.connector.Connector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * New connections while requests compute on the threads of the event loops: a spare carrier turns
 * the loops, for connectors with TLS and HTTP/2 and for a second connector too.
 */
class TlsBesideHogsTest {
    private static TestTomcat start(int hubs, Connector[] tls, AtomicBoolean letGo)
            throws Exception {
        TestTomcat server = new TestTomcat(WorkerSettings.builder().gevent(100).hubs(hubs).build());
        tls[0] = server.add(true);
        return server.servlet("/hello", (request, response) -> response.getWriter().print("hello"))
                .servlet(
                        "/hog",
                        (request, response) -> {
                            while (!letGo.get()) {
                                Thread.onSpinWait();
                            }
                        })
                .servlet(
                        "/slice",
                        (request, response) -> {
                            long end =
                                    System.nanoTime()
                                            + TimeUnit.MILLISECONDS.toNanos(
                                                    Integer.parseInt(request.getParameter("ms")));
                            while (System.nanoTime() < end) {
                                Thread.onSpinWait();
                            }
                        })
                .start();
    }

    /** The hog computes until the others have been served: those who wait for it wait for ever. */
    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void newConnectionsAreServedWhileARequestHoldsTheOnlyLoop() throws Exception {
        AtomicBoolean letGo = new AtomicBoolean();
        Connector[] tls = new Connector[1];
        try (TestTomcat server = start(1, tls, letGo)) {
            int secure = tls[0].getLocalPort();
            for (int hogged = 0; hogged < 3; hogged++) { // by each of the three kinds of connection
                letGo.set(false);
                try (RawClient plain = new RawClient(server.port());
                        RawClient overTls = RawClient.overTls(secure);
                        Http2Connection http2 = Http2Connection.open(secure, true)) {
                    switch (hogged) {
                        case 0 -> plain.sendGet("/hog");
                        case 1 -> overTls.sendGet("/hog");
                        default -> http2.get("/hog");
                    }
                    server.until(
                            "hogged",
                            () -> ServerWorkers.of(server.workers()).gate().active() == 1);
                    for (int i = 0; i < 3; i++) {
                        try (RawClient client = RawClient.overTls(secure);
                                RawClient second = new RawClient(server.port());
                                Http2Connection h2 = Http2Connection.open(secure, true)) {
                            assertThat(client.get("/hello").text()).isEqualTo("hello");
                            assertThat(second.get("/hello").text()).isEqualTo("hello");
                            assertThat(h2.get("/hello").read().text()).isEqualTo("hello");
                        }
                    }
                    letGo.set(true);
                    server.untilIdle();
                }
            }
        }
    }

    @Test
    @Timeout(value = 12, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void noHandshakeIsLostBesideSlices() throws Exception {
        AtomicInteger served = new AtomicInteger();
        Connector[] tls = new Connector[1];
        int seconds = Integer.getInteger("treadle.tls.seconds", 5);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        try (TestTomcat server = start(2, tls, new AtomicBoolean(true))) {
            int secure = tls[0].getLocalPort();
            List<FutureTask<Void>> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                FutureTask<Void> client =
                        new FutureTask<>(() -> {
                            do { // one at least, however busy the machine is
                                int slice = ThreadLocalRandom.current().nextInt(31);
                                if (slice % 3 == 0) {
                                    try (Http2Connection h2 = Http2Connection.open(secure, true)) {
                                        h2.get("/slice?ms=" + slice).read();
                                    }
                                } else {
                                    try (RawClient h1 = RawClient.overTls(secure)) {
                                        h1.get("/slice?ms=" + slice);
                                    }
                                }
                                served.incrementAndGet();
                            } while (System.nanoTime() < end);
                            return null;
                        });
                Thread.ofPlatform().daemon().start(client);
                clients.add(client);
            }
            for (FutureTask<Void> client : clients) {
                client.get(); // a lost handshake is a timeout of a read after 60 s
            }
            System.out.println("TLS beside slices: " + served + " connections, none lost");
            assertThat(served.get()).isPositive();
            server.untilIdle();
        }
    }
}
