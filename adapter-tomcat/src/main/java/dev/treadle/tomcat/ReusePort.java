package dev.treadle.tomcat;

import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleEvent;
import org.apache.catalina.LifecycleListener;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.AbstractProtocol;
import org.apache.tomcat.util.net.AbstractEndpoint;
import org.apache.tomcat.util.net.NioEndpoint;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;

/**
 * Opens the listening socket of an endpoint so that other sockets may listen on the same port.
 * Tomcat has no setting for {@code SO_REUSEPORT}, and opens and binds its socket in one step. So
 * this binds the endpoint before Tomcat starts it, with the steps of {@code NioEndpoint.bind}
 * (10.1.55 and 11.0.25) and the option between; Tomcat then finds it bound. No final field is
 * written, which JDK 26 warns of (JEP 500).
 */
final class ReusePort implements LifecycleListener {
    private static final String BOUND = "BOUND_ON_START";

    private final NioEndpoint endpoint;
    private final VarHandle serverSocket;
    private final VarHandle bindState;
    private final Object bound;
    private final Method setStopLatch;
    private final Method initialiseSsl;

    private ReusePort(NioEndpoint endpoint) throws ReflectiveOperationException {
        this.endpoint = endpoint;
        serverSocket = field(NioEndpoint.class, "serverSock");
        bindState = field(AbstractEndpoint.class, "bindState");
        bound = constant(bindState.varType());
        setStopLatch = method("setStopLatch", CountDownLatch.class);
        initialiseSsl = method("initialiseSsl");
        // each is used once, so that one that does not work is detected before the start
        serverSocket.setVolatile(endpoint, serverSocket.getVolatile(endpoint));
        bindState.setVolatile(endpoint, bindState.getVolatile(endpoint));
        setStopLatch.invoke(endpoint, (Object) null);
    }

    /**
     * Sets it, before the endpoint is initialised or started.
     *
     * @throws IllegalStateException if this Tomcat or this endpoint cannot have it
     */
    static void set(Connector connector, AbstractProtocol<?> protocol) {
        for (LifecycleListener former : connector.findLifecycleListeners()) {
            if (former instanceof ReusePort) {
                return; // of an earlier life, and the same endpoint
            }
        }
        try {
            connector.addLifecycleListener(new ReusePort(plainEndpoint(protocol)));
        } catch (ReflectiveOperationException | RuntimeException missing) {
            throw new IllegalStateException(
                    "reuse-port: on (expected: off, or the NIO connector of Tomcat 10.1 or 11, with a TCP port"
                            + " of its own); leave it out, or put a proxy in front of two ports",
                    missing);
        }
    }

    /** An endpoint that binds elsewhere than NioEndpoint does by itself is not for this class. */
    private static NioEndpoint plainEndpoint(AbstractProtocol<?> protocol)
            throws ReflectiveOperationException {
        NioEndpoint endpoint =
                PollerInternals.find()
                        .flatMap(internals -> internals.endpoint(protocol))
                        .orElseThrow(() -> new NoSuchFieldException("NioEndpoint"));
        if (!endpoint.getClass().equals(NioEndpoint.class)
                || endpoint.getUnixDomainSocketPath() != null
                || endpoint.getUseInheritedChannel()) {
            throw new IllegalArgumentException(
                    endpoint.getClass().getName() + " binds no TCP port by itself");
        }
        return endpoint;
    }

    private static VarHandle field(Class<?> owner, String name)
            throws ReflectiveOperationException {
        return MethodHandles.privateLookupIn(owner, MethodHandles.lookup())
                .findVarHandle(owner, name, owner.getDeclaredField(name).getType());
    }

    private static Object constant(Class<?> states) throws NoSuchFieldException {
        Object[] constants = states.getEnumConstants();
        if (constants != null) {
            for (Object each : constants) {
                if (each instanceof Enum<?> state && state.name().equals(BOUND)) {
                    return state;
                }
            }
        }
        throw new NoSuchFieldException(states.getName() + "." + BOUND);
    }

    /** Finds a method of an endpoint; which class declares it differs between 10.1 and 11. */
    private static Method method(String name, Class<?>... parameters) throws NoSuchMethodException {
        for (Class<?> type = NioEndpoint.class; type != null; type = type.getSuperclass()) {
            try {
                Method method = type.getDeclaredMethod(name, parameters);
                method.setAccessible(true);
                return method;
            } catch (NoSuchMethodException higher) {
                // the next class may have it
            }
        }
        throw new NoSuchMethodException("NioEndpoint." + name);
    }

    @Override
    public void lifecycleEvent(LifecycleEvent event) {
        if (event.getType().equals(Lifecycle.BEFORE_START_EVENT)) {
            try {
                bind();
            } catch (IOException failed) {
                throw new UncheckedIOException(
                        failed.getMessage()
                                + ": "
                                + address().getHostString()
                                + ":"
                                + address().getPort(),
                        failed);
            } catch (ReflectiveOperationException refused) {
                Throwable cause =
                        Objects.requireNonNullElse(refused.getCause(), refused); // TLS, say
                throw new IllegalStateException("the port could not be bound: " + cause, cause);
            }
        }
    }

    private InetSocketAddress address() {
        return new InetSocketAddress(endpoint.getAddress(), endpoint.getPortWithOffset());
    }

    private void bind() throws IOException, ReflectiveOperationException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        boolean complete = false;
        try {
            endpoint.getSocketProperties().setProperties(channel.socket());
            setReusePort(channel);
            channel.bind(address(), endpoint.getAcceptCount());
            serverSocket.setVolatile(endpoint, channel);
            setStopLatch.invoke(endpoint, new CountDownLatch(1));
            initialiseSsl.invoke(endpoint);
            bindState.setVolatile(endpoint, bound);
            complete = true;
        } finally {
            if (!complete) {
                serverSocket.setVolatile(endpoint, null);
                channel.close();
            }
        }
    }

    private static void setReusePort(ServerSocketChannel channel) throws IOException {
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        } catch (UnsupportedOperationException notHere) {
            throw refused(notHere);
        } catch (SocketException failed) {
            throw failed;
        } catch (IOException failed) {
            throw refused(failed);
        }
    }

    private static SocketException refused(@Nullable Exception cause) {
        SocketException refused =
                new SocketException(
                        "reuse-port: on (expected: off, this operating system has no SO_REUSEPORT)");
        refused.initCause(cause);
        return refused;
    }
}
