package dev.treadle.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.treadle.gate.SocketPair;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

@EnabledOnOs(OS.LINUX)
final class TcpTableTest {
    private static final InetAddress IPV4 = ipv4();

    private static InetAddress ipv4() {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @BeforeEach
    void thereIsOne() {
        assertThat(TcpTable.isThere()).isTrue();
    }

    private static SocketPair pairOf(Socket accepted) {
        return new SocketPair(
                accepted.getLocalPort(), accepted.getInetAddress(), accepted.getPort());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "::ffff:127.0.0.1"})
    void seesAConnectionOpenAndItsClientGone(String address) throws Exception {
        InetAddress host = InetAddress.getByName(address);
        try (ServerSocket server = new ServerSocket(0, 1, host);
                Socket client = new Socket(host, server.getLocalPort());
                Socket accepted = server.accept()) {
            SocketPair pair = pairOf(accepted);
            assertThat(TcpTable.read(List.of(pair)).isOpen(pair)).isTrue();

            Socket leaving = client;
            leaving.close();

            await().until(() -> !TcpTable.read(List.of(pair)).isOpen(pair));
            assertThat(TcpTable.read(List.of(pair)).isThere(pair)).isTrue();
        }
    }

    /** A dual-stack socket, as Java's server sockets are: IPv4 clients are in the table of IPv6. */
    @Test
    void seesAnIpv4ClientOfADualStackSocket() throws Exception {
        try (ServerSocket server = new ServerSocket(0);
                Socket client = new Socket(IPV4, server.getLocalPort());
                Socket accepted = server.accept()) {
            SocketPair pair = pairOf(accepted);
            assertThat(client.isConnected()).isTrue();
            assertThat(TcpTable.read(List.of(pair)).isOpen(pair)).isTrue();
        }
    }

    @Test
    void aConnectionThatWasResetIsNotThere() throws Exception {
        try (ServerSocket server = new ServerSocket()) {
            server.bind(new InetSocketAddress(IPV4, 0));
            Socket client = new Socket(IPV4, server.getLocalPort());
            try (Socket accepted = server.accept()) {
                SocketPair pair = pairOf(accepted);
                client.setSoLinger(true, 0);
                client.close();

                await().until(() -> !TcpTable.read(List.of(pair)).isThere(pair));
                assertThat(TcpTable.read(List.of(pair)).isListening(pair)).isTrue();
            }
        }
    }

    @Test
    void linesThatAreNoneArePassedOver() {
        SocketPair pair = new SocketPair(0xB22F, IPV4, 0xE628);
        String table =
                """
                  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
                   0: 0100007F:B22F 00000000:0000 0A 00000000:00000000 00:00000000
                garbage
                 252: 0100007F:B22F 0100007F:E628 08 00000000:00000002 00:00000000
                 253: 0100\
                """;
        Map<SocketPair, Integer> states = new HashMap<>();

        TcpTable.read(
                table.getBytes(StandardCharsets.US_ASCII),
                Set.of(pair),
                Set.of(0xB22F),
                states,
                new HashSet<>());

        assertThat(states).containsExactly(Map.entry(pair, 8));
    }
}
