package dev.treadle.tomcat;

import org.apache.coyote.AbstractProtocol;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.NioEndpoint.Poller;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The few private things of Tomcat's NIO endpoint that a poller of ours needs. They are the same in
 * 10.1.55 and 11.0.25; whether this Tomcat has them is found out before anything is changed.
 */
final class PollerInternals {
    /** What is said where they are not there. */
    private static final String UNKNOWN = "this Tomcat's NioEndpoint is not one this version knows";

    private final Method getEndpoint;
    private final Field endpointPoller;
    private final Field wrapperPoller;
    private final Field wakeupCounter;
    private final Method destroy;

    private PollerInternals() throws NoSuchMethodException, NoSuchFieldException {
        getEndpoint = accessible(AbstractProtocol.class.getDeclaredMethod("getEndpoint"));
        endpointPoller = field(NioEndpoint.class, "poller", Poller.class);
        wrapperPoller = field(NioSocketWrapper.class, "poller", Poller.class);
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

    /** Returns the poller that new connections go to. */
    Poller poller(NioEndpoint endpoint) {
        return (Poller) call(() -> endpointPoller.get(endpoint));
    }

    /** Makes {@code poller} the one that new connections go to. */
    void poller(NioEndpoint endpoint, Poller poller) {
        call(() -> {
            endpointPoller.set(endpoint, poller);
            return poller;
        });
    }

    /** Makes {@code poller} the one that a connection registers its interest with. */
    void poller(NioSocketWrapper connection, Poller poller) {
        call(() -> {
            wrapperPoller.set(connection, poller);
            return poller;
        });
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
