package dev.treadle.tomcat;

import org.apache.coyote.AbstractProtocol;
import org.apache.tomcat.util.net.AbstractEndpoint;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketProperties;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.StandardSocketOptions;

/**
 * Makes the listening socket of an endpoint one beside which others may listen on the same port.
 * Tomcat has no setting for {@code SO_REUSEPORT}; it applies its socket properties between making
 * and binding the socket (NioEndpoint.initServerSocket, 10.1.55 and 11.0.25), so these here take
 * the place of the endpoint's own, with the same values.
 */
final class ReusePort extends SocketProperties {
    private ReusePort() {}

    /**
     * Sets it, before the endpoint binds.
     *
     * @throws IllegalStateException if this Tomcat or this endpoint cannot have it
     */
    static void set(AbstractProtocol<?> protocol) {
        try {
            NioEndpoint endpoint =
                    PollerInternals.find()
                            .flatMap(internals -> internals.endpoint(protocol))
                            .orElseThrow(() -> new NoSuchFieldException("NioEndpoint"));
            Field properties = AbstractEndpoint.class.getDeclaredField("socketProperties");
            properties.setAccessible(true);
            if (!(properties.get(endpoint) instanceof ReusePort)) {
                properties.set(endpoint, copyOf((SocketProperties) properties.get(endpoint)));
            }
        } catch (ReflectiveOperationException | RuntimeException missing) {
            throw new IllegalStateException(
                    "reuse-port: on (expected: off, or the NIO connector of Tomcat 10.1 or 11); leave it out, or"
                            + " put a proxy in front of two ports",
                    missing);
        }
    }

    private static ReusePort copyOf(SocketProperties present) throws IllegalAccessException {
        ReusePort copy = new ReusePort();
        for (Field field : SocketProperties.class.getDeclaredFields()) {
            int modifiers = field.getModifiers();
            if (!Modifier.isStatic(modifiers) && !Modifier.isFinal(modifiers)) {
                field.setAccessible(true);
                field.set(copy, field.get(present));
            }
        }
        return copy;
    }

    @Override
    public void setProperties(ServerSocket socket) throws SocketException {
        super.setProperties(socket);
        try {
            socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        } catch (UnsupportedOperationException notHere) {
            throw refused(notHere);
        } catch (SocketException failed) {
            throw failed;
        } catch (IOException failed) {
            throw refused(failed);
        }
    }

    private static SocketException refused(Exception cause) {
        SocketException refused =
                new SocketException(
                        "reuse-port: on (expected: off, this operating system has no SO_REUSEPORT)");
        refused.initCause(cause);
        return refused;
    }
}
