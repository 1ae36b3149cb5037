package dev.treadle.tck;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Opens connections to the server under test. */
final class Sockets {
    static final int TIMEOUT_MILLIS = 60_000;

    private Sockets() {}

    /**
     * Connects.
     *
     * @param receiveBuffer about so many bytes are taken from the network unread; 0: the system's
     *     own default
     */
    static Socket connect(int port, int receiveBuffer) throws IOException {
        Socket opened = new Socket();
        try {
            if (receiveBuffer > 0) {
                opened.setReceiveBufferSize(receiveBuffer);
            }
            opened.setTcpNoDelay(true);
            opened.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            return opened;
        } catch (IOException failed) {
            opened.close();
            throw failed;
        }
    }

    /** Ends a connection with a reset: bytes under way in either direction are lost. */
    static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }
}
