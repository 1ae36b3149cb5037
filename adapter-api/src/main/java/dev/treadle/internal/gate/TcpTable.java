package dev.treadle.internal.gate;

import dev.treadle.gate.SocketPair;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The TCP connections of this machine (of this network namespace) as Linux shows them in {@code
 * /proc/self/net/tcp} and {@code tcp6} (proc_pid_net(5); states in {@code net/tcp_states.h}). A
 * read of the table costs about two microseconds for each connection, those in {@code TIME_WAIT}
 * included. It needs no special permission.
 */
final class TcpTable {
    /** Where it is read. */
    static final String PLACE = "/proc/self/net/tcp";

    private static final Path V4 = Path.of(PLACE);
    private static final Path V6 = Path.of(PLACE + "6");

    private static final int ESTABLISHED = 1;
    private static final int LISTEN = 10;
    private static final int V4_BYTES = 4;
    private static final int V6_BYTES = 16;

    private final Map<SocketPair, Integer> states;
    private final Set<Integer> listening;

    private TcpTable(Map<SocketPair, Integer> states, Set<Integer> listening) {
        this.states = states;
        this.listening = listening;
    }

    /** Whether this operating system has one. */
    static boolean isThere() {
        return Files.isReadable(V4);
    }

    /** Reads it, and keeps what concerns {@code wanted}. */
    static TcpTable read(Collection<SocketPair> wanted) throws IOException {
        Set<SocketPair> pairs = new HashSet<>(wanted);
        Set<Integer> ports = new HashSet<>();
        pairs.forEach(pair -> ports.add(pair.localPort()));
        Map<SocketPair, Integer> states = new HashMap<>();
        Set<Integer> listening = new HashSet<>();
        read(Files.readAllBytes(V4), pairs, ports, states, listening);
        try {
            read(Files.readAllBytes(V6), pairs, ports, states, listening);
        } catch (NoSuchFileException noIpv6) {
            // then there are no such connections
        }
        return new TcpTable(states, listening);
    }

    /**
     * The format of a line: {@code sl local_address rem_address st ...}, an address being {@code
     * HEX:PORT}.
     */
    static void read(
            byte[] table,
            Set<SocketPair> pairs,
            Set<Integer> ports,
            Map<SocketPair, Integer> states,
            Set<Integer> listening) {
        int at = endOfLine(table, 0); // the head line
        while (at < table.length) {
            int end = endOfLine(table, at);
            readLine(table, at, end, pairs, ports, states, listening);
            at = end;
        }
    }

    private static int endOfLine(byte[] table, int from) {
        return Math.min(indexOf(table, from, table.length, (byte) '\n') + 1, table.length);
    }

    private static void readLine(
            byte[] table,
            int from,
            int end,
            Set<SocketPair> pairs,
            Set<Integer> ports,
            Map<SocketPair, Integer> states,
            Set<Integer> listening) {
        int slot = indexOf(table, from, end, (byte) ':');
        int localPort = indexOf(table, slot + 1, end, (byte) ':') + 1;
        int remote = indexOf(table, localPort, end, (byte) ' ') + 1;
        int remotePort = indexOf(table, remote, end, (byte) ':') + 1;
        int state = indexOf(table, remotePort, end, (byte) ' ') + 1;
        if (slot >= end || state + 2 > end) {
            return; // no line of a connection
        }
        int port = hex(table, localPort, remote - 1);
        if (!ports.contains(port)) {
            return;
        }
        if (hex(table, state, state + 2) == LISTEN) {
            listening.add(port);
            return;
        }
        SocketPair pair =
                new SocketPair(
                        port,
                        address(table, remote, remotePort - 1),
                        hex(table, remotePort, state - 1));
        if (pairs.contains(pair)) {
            states.put(pair, hex(table, state, state + 2));
        }
    }

    private static int indexOf(byte[] table, int from, int end, byte wanted) {
        int at = from;
        while (at < end && table[at] != wanted) {
            at++;
        }
        return at;
    }

    private static int hex(byte[] table, int from, int end) {
        return Integer.parseInt(new String(table, from, end - from, StandardCharsets.US_ASCII), 16);
    }

    /** Words of 32 bits, each in the byte order of the machine. */
    private static InetAddress address(byte[] table, int from, int end) {
        byte[] address = new byte[end - from == 2 * V4_BYTES ? V4_BYTES : V6_BYTES];
        for (int i = 0; i < address.length; i++) {
            int place =
                    ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? (i & ~3) + 3 - (i & 3) : i;
            address[place] = (byte) hex(table, from + 2 * i, from + 2 * i + 2);
        }
        try {
            return InetAddress.getByAddress(address); // one mapped into IPv6 becomes IPv4
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("an address of 4 or 16 bytes", impossible);
        }
    }

    /** Whether there is such a connection, in any state. */
    boolean isThere(SocketPair pair) {
        return states.containsKey(pair);
    }

    /** Whether a socket listens on that port of its: then its connections are in this table. */
    boolean isListening(SocketPair pair) {
        return listening.contains(pair.localPort());
    }

    /** Whether there is such a connection and neither end has closed it. */
    boolean isOpen(SocketPair pair) {
        Integer state = states.get(pair);
        return state != null && state == ESTABLISHED;
    }
}
