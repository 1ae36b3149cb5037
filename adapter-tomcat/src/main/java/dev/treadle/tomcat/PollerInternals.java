package dev.treadle.tomcat;

import org.apache.coyote.AbstractProtocol;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.NioEndpoint.Poller;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The few private members of Tomcat's NIO endpoint that Treadle's poller needs. They are the same
 * in 10.1.55 and 11.0.25. {@link #trial} uses them once before anything is changed, so a Tomcat or
 * a JDK on which they do not work is detected at the start.
 *
 * <p>No final field is written, which JDK 26 warns of and a later one forbids (JEP 500). A
 * connection keeps its poller in one; it takes it from the endpoint when it is made, and the
 * endpoint's field is not final.
 */
final class PollerInternals {
    /** The message for a Tomcat without these internals. */
    private static final String UNKNOWN = "this Tomcat's NioEndpoint is not one this version knows";

    private final Method getEndpoint;
    private final VarHandle endpointPoller;
    private final Field wakeupCounter;
    private final Method destroy;

    private PollerInternals() throws ReflectiveOperationException {
        getEndpoint = accessible(AbstractProtocol.class.getDeclaredMethod("getEndpoint"));
        endpointPoller =
                MethodHandles.privateLookupIn(NioEndpoint.class, MethodHandles.lookup())
                        .findVarHandle(NioEndpoint.class, "poller", Poller.class);
        wakeupCounter = field(Poller.class, "wakeupCounter", AtomicLong.class);
        destroy = accessible(Poller.class.getDeclaredMethod("destroy"));
    }

    private static Field field(Class<?> owner, String name, Class<?> type)
            throws NoSuchFieldException {
        Field field = owner.getDeclaredField(name);
        if (!field.getType().equals(type)) {
            throw new NoSuchFieldException(name + " of type " + type.getName());
        }
        field.setAccessible(true);
        return field;
    }

    private static Method accessible(Method method) {
        method.setAccessible(true);
        return method;
    }

    /** Finds them; empty if this Tomcat differs, or is a module that is not open to this code. */
    static Optional<PollerInternals> find() {
        try {
            return Optional.of(new PollerInternals());
        } catch (ReflectiveOperationException | RuntimeException | LinkageError differs) {
            System.getLogger("dev.treadle.tomcat").log(System.Logger.Level.DEBUG, UNKNOWN, differs);
            return Optional.empty();
        }
    }

    /** Returns why there are none, for the start line. */
    static String whyNot() {
        return UNKNOWN;
    }

    /** Returns the NIO endpoint of a protocol; empty if it has another kind. */
    Optional<NioEndpoint> endpoint(AbstractProtocol<?> protocol) {
        return call(() -> getEndpoint.invoke(protocol)) instanceof NioEndpoint nio
                ? Optional.of(nio)
                : Optional.empty();
    }

    /**
     * Does once, on an endpoint that is not started, all that is done with it later.
     *
     * @return why it cannot be done; null if it can
     */
    @Nullable String trial(NioEndpoint endpoint) {
        Poller before = poller(endpoint);
        Poller ours = null;
        try {
            ours = endpoint.new Poller();
            wakeupCounter(ours).get();
            if (!replace(endpoint, before, ours)) {
                return UNKNOWN + ": its poller cannot be replaced";
            }
            NioChannel channel = new NioChannel(new SocketBufferHandler(1, 1, false));
            if (!ours.equals(new NioSocketWrapper(channel, endpoint).getPoller())) {
                return UNKNOWN + ": a connection does not take the endpoint's poller";
            }
            destroy(ours);
            return null;
        } catch (IOException | RuntimeException | LinkageError refused) {
            return UNKNOWN + ": " + refused;
        } finally {
            if (ours != null) {
                replace(endpoint, ours, before);
                close(ours);
            }
        }
    }

    private static void close(Poller never) {
        try {
            never.getSelector().close();
        } catch (IOException failed) {
            System.getLogger("dev.treadle.tomcat")
                    .log(System.Logger.Level.DEBUG, "a selector could not be closed", failed);
        }
    }

    /** Returns the poller that new connections go to; null if the endpoint is not started. */
    @Nullable Poller poller(NioEndpoint endpoint) {
        return (Poller) endpointPoller.getVolatile(endpoint);
    }

    /**
     * Makes {@code next} the poller that new connections go to, if {@code present} is it.
     *
     * @return false if another is, or none because the endpoint has stopped
     */
    boolean replace(NioEndpoint endpoint, @Nullable Poller present, @Nullable Poller next) {
        return endpointPoller.compareAndSet(endpoint, present, next);
    }

    /** Returns the counter by which a poller says that it selects, and others that it need not. */
    AtomicLong wakeupCounter(Poller poller) {
        return (AtomicLong) call(() -> wakeupCounter.get(poller));
    }

    /** Ends a poller. */
    void destroy(Poller poller) {
        call(() -> {
            destroy.invoke(poller);
            return poller;
        });
    }

    private interface Access {
        Object access() throws ReflectiveOperationException;
    }

    private static Object call(Access access) {
        try {
            return access.access();
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(UNKNOWN, impossible);
        }
    }
}
