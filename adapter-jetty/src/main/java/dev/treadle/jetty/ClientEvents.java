package dev.treadle.jetty;

import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpStream;
import org.jspecify.annotations.Nullable;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Makes the rate control of Jetty's HTTP/2 count the events of clients only.
 *
 * <p>Jetty ends a connection, with all its streams, on which there are more than 128 events of
 * certain kinds within a second. Two of them follow from answers of the server, so uploads that the
 * gate refuses, and requests that harakiri ends, would end the requests beside them:
 *
 * <ul>
 *   <li>The reset that Jetty itself sends at the end of a request whose body has not come whole, or
 *       that has failed. No work goes on behind it. Other resets that a client makes the server
 *       send are still counted (CVE-2025-8671).
 *   <li>Bytes of a body that come when its stream is over. On an open stream Jetty does not count
 *       them at all. Frames without bytes are still counted (CVE-2019-9518).
 * </ul>
 *
 * <p>Proxies, because the types differ: {@code org.eclipse.jetty.http2.RateControl.Factory} until
 * Jetty 12.1.8, {@code org.eclipse.jetty.io.RateControl.Factory} in 12.1.12. Thread-safe.
 */
final class ClientEvents {
    /** The id of the stream that the current thread ends. */
    private static final ThreadLocal<@Nullable Integer> ENDING = new ThreadLocal<>();

    private static final int MORE_THAN_JETTY_ALLOWS = 200;

    private final Method factoryOf;
    private final Method setFactoryOf;

    private ClientEvents() throws ReflectiveOperationException {
        Class<?> type = AbstractHTTP2ServerConnectionFactory.class;
        factoryOf = type.getMethod("getRateControlFactory");
        setFactoryOf = type.getMethod("setRateControlFactory", factoryOf.getReturnType());
    }

    /**
     * Tries it with a connection factory of its own.
     *
     * @throws ReflectiveOperationException if this Jetty has no such rate control; the message says
     *     why
     */
    static ClientEvents probed() throws ReflectiveOperationException {
        ClientEvents probed = new ClientEvents();
        AbstractHTTP2ServerConnectionFactory untouched =
                new HTTP2ServerConnectionFactory(new HttpConfiguration());
        probed.countIn(untouched);
        Object factory = probed.get(untouched);
        Object control = newControl(factory.getClass()).invoke(factory, new Object[] {null});
        Method onEvent = onEvent(control.getClass());
        ResetFrame reset = new ResetFrame(1, 0);
        Object[] uncounted = {new DataFrame(1, ByteBuffer.allocate(1), false), reset};
        ENDING.set(1);
        try {
            for (int i = 0; i < MORE_THAN_JETTY_ALLOWS; i++) {
                for (Object each : uncounted) {
                    require((boolean) onEvent.invoke(control, each), "counts " + each);
                }
            }
        } finally {
            ENDING.remove();
        }
        boolean allowed = true;
        for (int i = 0; i < MORE_THAN_JETTY_ALLOWS && allowed; i++) {
            allowed = (boolean) onEvent.invoke(control, reset);
        }
        require(!allowed, "does not count " + reset);
        return probed;
    }

    private static void require(boolean held, String otherwise) throws NoSuchMethodException {
        if (!held) {
            throw new NoSuchMethodException("its rate control " + otherwise);
        }
    }

    /** For connections opened from now; does nothing the second time. */
    void countIn(AbstractHTTP2ServerConnectionFactory factory) {
        Object found = get(factory);
        if (!(handlerOf(found) instanceof Controls)) {
            set(factory, proxy(factoryOf.getReturnType(), new Controls(found)));
        }
    }

    /** Gives a connection factory back what it had. */
    void takeOut(AbstractHTTP2ServerConnectionFactory factory) {
        if (handlerOf(get(factory)) instanceof Controls ours) {
            set(factory, ours.found);
        }
    }

    private Object get(AbstractHTTP2ServerConnectionFactory factory) {
        try {
            return factoryOf.invoke(factory);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible); // both are public, and were probed
        }
    }

    private void set(AbstractHTTP2ServerConnectionFactory factory, Object control) {
        try {
            setFactoryOf.invoke(factory, control);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static @Nullable InvocationHandler handlerOf(Object factory) {
        return Proxy.isProxyClass(factory.getClass()) ? Proxy.getInvocationHandler(factory) : null;
    }

    private static Object proxy(Class<?> type, InvocationHandler handler) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
    }

    private static Method newControl(Class<?> factory) throws NoSuchMethodException {
        return named(factory, "newRateControl");
    }

    private static Method onEvent(Class<?> control) throws NoSuchMethodException {
        return named(control, "onEvent");
    }

    /** A public method of one argument, of an interface of the class. */
    private static Method named(Class<?> type, String name) throws NoSuchMethodException {
        return Arrays.stream(type.getInterfaces())
                .flatMap(each -> Arrays.stream(each.getMethods()))
                .filter(each -> each.getName().equals(name) && each.getParameterCount() == 1)
                .findFirst()
                .orElseThrow(() -> new NoSuchMethodException(type.getName() + "." + name));
    }

    /** The factory of controls: wraps each that the one found makes. */
    private record Controls(Object found) implements InvocationHandler {
        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
                throws Throwable {
            Object result = call(found, method, arguments);
            return result != null && method.getName().equals("newRateControl")
                    ? proxy(method.getReturnType(), new Events(result))
                    : result;
        }
    }

    /** The control of one connection. */
    private record Events(Object found) implements InvocationHandler {
        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
                throws Throwable {
            boolean uncounted =
                    method.getName().equals("onEvent")
                            && arguments != null
                            && isOfTheServer(arguments[0]);
            return uncounted ? true : call(found, method, arguments);
        }
    }

    private static boolean isOfTheServer(Object event) {
        return switch (event) {
            case DataFrame data -> data.remaining() > 0;
            case ResetFrame reset -> {
                Integer ending = ENDING.get();
                yield ending != null && ending == reset.getStreamId();
            }
            default -> false;
        };
    }

    private static @Nullable Object call(Object found, Method method, Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(found, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }

    /** The stream of one request: its end is not counted. */
    static final class Ending extends HttpStream.Wrapper {
        private final int id;

        Ending(HttpStream wrapped, int id) {
            super(wrapped);
            this.id = id;
        }

        @Override
        public void succeeded() {
            Integer before = begin();
            try {
                super.succeeded();
            } finally {
                end(before);
            }
        }

        @Override
        public void failed(Throwable failure) {
            Integer before = begin();
            try {
                super.failed(failure);
            } finally {
                end(before);
            }
        }

        /** An end may be told within that of another stream, by the one writer of both. */
        private @Nullable Integer begin() {
            Integer before = ENDING.get();
            ENDING.set(id);
            return before;
        }

        private static void end(@Nullable Integer before) {
            if (before == null) {
                ENDING.remove();
            } else {
                ENDING.set(before);
            }
        }
    }
}
