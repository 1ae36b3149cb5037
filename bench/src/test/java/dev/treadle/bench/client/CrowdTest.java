package dev.treadle.bench.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

@Timeout(60)
class CrowdTest {
    private static final int LONG = 30_000;

    private static CrowdResult crowd(int port, int patienceMillis, int reloads, Phase... phases)
            throws IOException, InterruptedException {
        return crowd(port, patienceMillis, reloads, System::nanoTime, phases);
    }

    private static CrowdResult crowd(
            int port, int patienceMillis, int reloads, LongSupplier clock, Phase... phases)
            throws IOException, InterruptedException {
        return new Crowd(
                        new CrowdLoad(port, "/", List.of(phases), patienceMillis, reloads, 0),
                        clock)
                .run();
    }

    private static Phase phase(int millis, double rate) {
        return new Phase(millis, rate, 0);
    }

    private static List<Long> offered(CrowdResult told) {
        return told.seconds().stream().map(CrowdResult.Span::offered).toList();
    }

    @Test
    void allAreServedOverConnectionsThatAreKept() throws Exception {
        try (ScriptedServer server = new ScriptedServer(request -> ScriptedServer.OK, 0)) {
            CrowdResult told = crowd(server.port(), LONG, 3, phase(1_000, 100), phase(1_000, 50));

            assertThat(told.users()).isEqualTo(150);
            assertThat(told.ok()).isEqualTo(150);
            assertThat(told.reloads()).isEqualTo(0);
            assertThat(offered(told)).containsExactly(100L, 50L);
            assertThat(told.problem()).isEqualTo("");
            assertThat(server.requests()).isEqualTo(150);
            assertThat(server.connections()).isLessThan(150);
        }
    }

    @Test
    void whatIsSentLateCountsFromWhenItWasToBeSent() throws Exception {
        try (ScriptedServer server = new ScriptedServer(request -> ScriptedServer.OK, 0)) {
            // the client sleeps through the first second: its clock jumps after its first look
            AtomicLong slept = new AtomicLong();
            LongSupplier clock = () -> System.nanoTime() + slept.getAndSet(1_000_000_000L);

            CrowdResult told = crowd(server.port(), LONG, 3, clock, phase(2_000, 10));

            assertThat(told.ok()).isEqualTo(20);
            assertThat(offered(told)).containsExactly(10L, 10L);
            assertThat(told.reloads()).isEqualTo(0);
            // the first one was sent a second late, and answered at once
            assertThat(told.latency().max()).isGreaterThanOrEqualTo(1_000);
            assertThat(told.lag().max()).isGreaterThanOrEqualTo(1_000);
        }
    }

    @Test
    void whatIsSentLateHasNoMorePatienceForThat() throws Exception {
        try (ScriptedServer server = new ScriptedServer(request -> ScriptedServer.SILENCE, 3)) {
            AtomicLong slept = new AtomicLong();
            LongSupplier clock = () -> System.nanoTime() + slept.getAndSet(1_000_000_000L);
            long start = System.nanoTime();

            // one user, three times half a second, of which the client sleeps through the first two
            CrowdResult told = crowd(server.port(), 500, 2, clock, phase(1_000, 1));

            assertThat(told.gaveUp()).isEqualTo(1);
            assertThat(told.reloads()).isEqualTo(2);
            assertThat(offered(told)).containsExactly(2L);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(500_000_000L);
            server.awaitLeft();
        }
    }

    @Test
    void whoHasNoAnswerReloadsOnNewConnectionsAndThenGivesUp() throws Exception {
        try (ScriptedServer server = new ScriptedServer(request -> ScriptedServer.SILENCE, 9)) {
            CrowdResult told = crowd(server.port(), 200, 2, phase(1_000, 3));

            assertThat(told.users()).isEqualTo(3);
            assertThat(told.reloads()).isEqualTo(6);
            assertThat(told.gaveUp()).isEqualTo(3);
            assertThat(told.ok()).isEqualTo(0);
            assertThat(told.latency().p99()).isEqualTo(-1);
            server.awaitLeft();
            assertThat(server.connections()).isEqualTo(9);
        }
    }

    @Test
    void aLimitedNumberOfConnectionsIsKeptWhenUsersLosePatience() throws Exception {
        // silent to the first two, who close the only two connections
        try (ScriptedServer server =
                new ScriptedServer(
                        request -> request <= 2 ? ScriptedServer.SILENCE : ScriptedServer.OK, 2)) {
            CrowdLoad load =
                    new CrowdLoad(server.port(), "/", List.of(phase(2_000, 20)), 500, 0, 2);

            CrowdResult told = new Crowd(load, System::nanoTime).run();

            assertThat(told.users()).isEqualTo(40);
            assertThat(told.gaveUp()).isPositive();
            assertThat(told.ok()).isPositive();
            assertThat(told.ok() + told.gaveUp()).isEqualTo(40);
            assertThat(server.connections()).isGreaterThan(2);
        }
    }

    @Test
    void anAnswerToAReloadEndsItAndCountsFromTheFirstClick() throws Exception {
        try (ScriptedServer server =
                new ScriptedServer(
                        request -> request == 1 ? ScriptedServer.SILENCE : ScriptedServer.OK, 1)) {
            CrowdResult told = crowd(server.port(), 300, 3, phase(1_000, 1));

            assertThat(told.ok()).isEqualTo(1);
            // more than one where this machine keeps an answer for longer than the patience
            assertThat(told.reloads()).isBetween(1L, 3L);
            assertThat(told.gaveUp()).isEqualTo(0);
            assertThat(told.latency().max()).isGreaterThanOrEqualTo(300);
            server.awaitLeft();
        }
    }

    @Test
    void aRefusalIsCountedAndEndsIt() throws Exception {
        try (ScriptedServer server =
                new ScriptedServer(
                        request ->
                                switch (request % 4) {
                                    case 0 -> ScriptedServer.closing(503);
                                    case 1 -> ScriptedServer.status(503);
                                    case 2 -> ScriptedServer.status(429);
                                    default -> ScriptedServer.OK;
                                },
                        0)) {
            CrowdResult told = crowd(server.port(), LONG, 3, phase(1_000, 40));

            assertThat(told.users()).isEqualTo(40);
            assertThat(told.unavailable()).isEqualTo(20);
            assertThat(told.tooMany()).isEqualTo(10);
            assertThat(told.ok()).isEqualTo(10);
            assertThat(told.reloads()).isEqualTo(0);
        }
    }

    @Test
    void otherAnswersAndBrokenConnectionsAreLost() throws Exception {
        try (ScriptedServer server = new ScriptedServer(request -> ScriptedServer.status(500), 0)) {
            CrowdResult told = crowd(server.port(), LONG, 3, phase(1_000, 5));

            assertThat(told.other()).isEqualTo(5);
            assertThat(told.failed()).isZero();
            assertThat(told.problem()).isEqualTo("status 500");
        }
        CrowdResult told = crowd(portOfNobody(), LONG, 3, phase(1_000, 5));

        assertThat(told.other()).isZero();
        assertThat(told.failed()).isEqualTo(5);
        assertThat(told.reloads()).isZero();
    }

    /** A server that stops is paid for by all that would have come meanwhile. */
    @Test
    void aLimitedNumberOfConnectionsIsOpenedBeforeAndTheWaitForOneCounts() throws Exception {
        try (ScriptedServer server =
                new ScriptedServer(
                        request -> {
                            if (request == 1) {
                                LockSupport.parkNanos(500_000_000);
                            }
                            return ScriptedServer.OK;
                        },
                        0)) {
            CrowdLoad load =
                    new CrowdLoad(server.port(), "/", List.of(phase(1_000, 20)), LONG, 0, 1);

            CrowdResult told = new Crowd(load, System::nanoTime).run();

            assertThat(told.ok()).isEqualTo(20);
            assertThat(server.connections()).isEqualTo(1);
            // of the ten that come in that half second the second one waits 450 ms
            assertThat(told.latency().p99()).isGreaterThanOrEqualTo(500);
            assertThat(told.latency().p50()).isLessThan(told.latency().p99());
        }
    }

    private static int portOfNobody() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void usersComeEvenlyPhaseAfterPhase() {
        Arrivals arrivals = new Arrivals(List.of(phase(1_000, 2), phase(500, 0), phase(1_000, 4)));
        StringBuilder times = new StringBuilder();
        for (long next = arrivals.next(); next != Arrivals.NEVER; next = arrivals.next()) {
            times.append(next / 1_000_000).append(' ');
            arrivals.take();
        }

        assertThat(times.toString()).isEqualTo("0 500 1500 1750 2000 2250 ");
    }
}
