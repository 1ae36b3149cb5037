package dev.treadle.bench.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

@Timeout(60)
class SlowPartyTest {
    private final SlowParty party;

    SlowPartyTest() throws IOException {
        party = new SlowParty();
    }

    @AfterEach
    void close() throws IOException {
        party.close();
    }

    private Socket asked(String line) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), party.port());
        socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String answer(Socket socket) throws IOException {
        return new String(socket.getInputStream().readNBytes(3), StandardCharsets.US_ASCII);
    }

    @Test
    void theLatencyIsThatOfTheTimeOfAsking() {
        List<Phase> phases =
                List.of(
                        new Phase(10_000, 300, 500),
                        new Phase(30_000, 300, 3_000),
                        new Phase(20_000, 300, 400));

        assertThat(Phase.indexAt(phases, 0)).isZero();
        assertThat(Phase.indexAt(phases, 9_999_999_999L)).isZero();
        assertThat(Phase.indexAt(phases, 10_000_000_000L)).isEqualTo(1);
        assertThat(Phase.indexAt(phases, 39_999_999_999L)).isEqualTo(1);
        assertThat(Phase.indexAt(phases, 40_000_000_000L)).isEqualTo(2);
        // the last one stays
        assertThat(Phase.indexAt(phases, 99_000_000_000L)).isEqualTo(2);
    }

    @Test
    void withoutAPlanItTakesAsLongAsTheLineSays() throws Exception {
        long start = System.nanoTime();
        try (Socket socket = asked("200")) {
            assertThat(answer(socket)).isEqualTo("ok\n");
        }
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(200_000_000L);
    }

    @Test
    void whoAsksInHttpIsAnsweredInHttpOnAConnectionThatIsKept() throws Exception {
        String expected =
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\npaid";
        try (Socket socket = asked("GET /pay?ms=1 HTTP/1.1\r\nHost: localhost\r\n\r")) {
            for (int i = 0; i < 2; i++) {
                byte[] answer = socket.getInputStream().readNBytes(expected.length());
                assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo(expected);
                socket.getOutputStream()
                        .write(
                                "GET /pay?ms=2 HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
            }
        }
    }

    @Test
    void aPlanReplacesWhatTheLineSays() throws Exception {
        party.follow(List.of(new Phase(600_000, 0, 300)));
        long start = System.nanoTime();
        try (Socket socket = asked("1")) {
            assertThat(answer(socket)).isEqualTo("ok\n");
        }
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(300_000_000L);
    }

    @Test
    void whoAsksLaterIsAnsweredEarlierOnceItIsFast() throws Exception {
        try (Socket slow = asked("600000")) {
            try (Socket fast = asked("1")) {
                assertThat(answer(fast)).isEqualTo("ok\n");
            }
            assertThat(slow.getInputStream().available()).isZero();
        }
    }
}
