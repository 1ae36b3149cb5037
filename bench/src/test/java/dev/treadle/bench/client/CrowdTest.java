package dev.treadle.bench.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

@Timeout(60)
class CrowdTest {
    private static final int LONG = 30_000;

    private static Map<String, String> crowd(
            int port, String phases, int patienceMillis, int reloads) throws IOException {
        return crowd(port, phases, patienceMillis, reloads, System::nanoTime);
    }

    /** Runs it and returns what it tells, by name. */
    private static Map<String, String> crowd(
            int port, String phases, int patienceMillis, int reloads, LongSupplier clock)
            throws IOException {
        String order =
                "crowd port=%d path=/ phases=%s patience=%d reloads=%d"
                        .formatted(port, phases, patienceMillis, reloads);
        String words = new Crowd(new Arguments(order.split(" ")), clock).run();
        Map<String, String> told = new HashMap<>();
        Arrays.stream(words.split(" ", 21))
                .map(word -> word.split("=", 2))
                .forEach(pair -> told.put(pair[0], pair[1]));
        return told;
    }

    private static long number(Map<String, String> told, String name) {
        return Long.parseLong(told.getOrDefault(name, "missing: " + name));
    }

    @Test
    void allAreServedOverConnectionsThatAreKept() throws Exception {
        try (ScriptedServer server = new ScriptedServer(request -> ScriptedServer.OK, 0)) {
            Map<String, String> told = crowd(server.port(), "1000:100,1000:50", LONG, 3);

            assertThat(told)
                    .containsEntry("users", "150")
                    .containsEntry("requests", "150")
                    .containsEntry("ok", "150")
                    .containsEntry("reloads", "0")
                    .containsEntry("offered", "[100,50]")
                    .containsEntry("problem", "");
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

            Map<String, String> told = crowd(server.port(), "2000:10", LONG, 3, clock);

            assertThat(told)
                    .containsEntry("ok", "20")
                    .containsEntry("offered", "[10,10]")
                    .containsEntry("reloads", "0");
            // the first one was sent a second late, and answered at once
            assertThat(number(told, "max")).isGreaterThanOrEqualTo(1_000_000);
            assertThat(number(told, "lag-max")).isGreaterThanOrEqualTo(1_000_000);
        }
    }

    @Test
    void whatIsSentLateHasNoMorePatienceForThat() throws Exception {
        try (ScriptedServer server = new ScriptedServer(request -> ScriptedServer.SILENCE, 3)) {
            AtomicLong slept = new AtomicLong();
            LongSupplier clock = () -> System.nanoTime() + slept.getAndSet(1_000_000_000L);
            long start = System.nanoTime();

            // one user, three times half a second, of which the client sleeps through the first two
            Map<String, String> told = crowd(server.port(), "1000:1", 500, 2, clock);

            assertThat(told).containsEntry("gave-up", "1").containsEntry("reloads", "2");
            assertThat(told).containsEntry("offered", "[2]");
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(500_000_000L);
            server.awaitLeft();
        }
    }

    @Test
    void whoHasNoAnswerReloadsOnNewConnectionsAndThenGivesUp() throws Exception {
        try (ScriptedServer server = new ScriptedServer(request -> ScriptedServer.SILENCE, 9)) {
            Map<String, String> told = crowd(server.port(), "1000:3", 200, 2);

            assertThat(told)
                    .containsEntry("users", "3")
                    .containsEntry("requests", "9")
                    .containsEntry("reloads", "6")
                    .containsEntry("gave-up", "3")
                    .containsEntry("ok", "0")
                    .containsEntry("p99", "-1");
            server.awaitLeft();
            assertThat(server.connections()).isEqualTo(9);
        }
    }

    @Test
    void anAnswerToAReloadEndsItAndCountsFromTheFirstClick() throws Exception {
        try (ScriptedServer server =
                new ScriptedServer(
                        request -> request == 1 ? ScriptedServer.SILENCE : ScriptedServer.OK, 1)) {
            Map<String, String> told = crowd(server.port(), "1000:1", 300, 3);

            assertThat(told)
                    .containsEntry("ok", "1")
                    .containsEntry("reloads", "1")
                    .containsEntry("gave-up", "0");
            assertThat(number(told, "max")).isGreaterThanOrEqualTo(300_000);
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
            Map<String, String> told = crowd(server.port(), "1000:40", LONG, 3);

            assertThat(told)
                    .containsEntry("users", "40")
                    .containsEntry("requests", "40")
                    .containsEntry("unavailable", "20")
                    .containsEntry("too-many", "10")
                    .containsEntry("ok", "10")
                    .containsEntry("reloads", "0");
        }
    }

    @Test
    void otherAnswersAndBrokenConnectionsAreLost() throws Exception {
        try (ScriptedServer server = new ScriptedServer(request -> ScriptedServer.status(500), 0)) {
            assertThat(crowd(server.port(), "1000:5", LONG, 3))
                    .containsEntry("other", "5")
                    .containsEntry("failed", "0")
                    .containsEntry("problem", "status 500");
        }
        assertThat(crowd(portOfNobody(), "1000:5", LONG, 3))
                .containsEntry("other", "0")
                .containsEntry("failed", "5")
                .containsEntry("reloads", "0");
    }

    private static int portOfNobody() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void usersComeEvenlyPhaseAfterPhase() {
        Arrivals arrivals = Arrivals.parse("1000:2,500:0,1000:4");
        StringBuilder times = new StringBuilder();
        for (long next = arrivals.next(); next != Arrivals.NEVER; next = arrivals.next()) {
            times.append(next / 1_000_000).append(' ');
            arrivals.take();
        }

        assertThat(times.toString()).isEqualTo("0 500 1500 1750 2000 2250 ");
        assertThat(arrivals.endNanos()).isEqualTo(2_500_000_000L);
        assertThat(arrivals.phaseAt(999_999_999)).isZero();
        assertThat(arrivals.phaseAt(1_000_000_000)).isEqualTo(1);
        assertThat(arrivals.phaseAt(9_000_000_000L)).isEqualTo(2);
    }
}
