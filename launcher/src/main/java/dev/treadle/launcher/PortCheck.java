package dev.treadle.launcher;

import dev.treadle.launcher.host.ListenFailedException;
import dev.treadle.launcher.host.Listener;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.List;

/**
 * Finds a port in use before the applications start, whose start may take minutes. The container
 * opens its ports after that.
 *
 * <p>The check binds and does not listen. So no client can connect meanwhile, and with {@code
 * reuse-port} no connection is taken from the process that listens there.
 */
final class PortCheck {
    private static final SocketOption<Boolean> REUSE_PORT = StandardSocketOptions.SO_REUSEPORT;

    private PortCheck() {}

    /**
     * Binds each address and lets it go again.
     *
     * @param reusePort whether the container will share the port with another process
     * @throws ListenFailedException if an address cannot be bound
     */
    static void requireFree(List<Listener> listeners, boolean reusePort)
            throws ListenFailedException {
        for (Listener listener : listeners) {
            try (SocketChannel channel = SocketChannel.open()) {
                // as sockets that listen have it in Java: connections of a former server may linger
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                // without the option the container says why it cannot share the port
                if (reusePort && channel.supportedOptions().contains(REUSE_PORT)) {
                    channel.setOption(REUSE_PORT, true);
                }
                channel.bind(address(listener));
            } catch (IOException refused) {
                throw new ListenFailedException(listener, refused);
            }
        }
    }

    private static InetSocketAddress address(Listener listener) {
        String host = listener.address().host();
        int port = listener.address().port();
        return host == null ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
    }
}
