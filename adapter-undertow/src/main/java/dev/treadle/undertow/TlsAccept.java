package dev.treadle.undertow;

import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.protocols.ssl.UndertowXnioSsl;

import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.Option;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.channels.AcceptingChannel;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;

/**
 * Accepts connections of an HTTPS listener on another thread than their I/O thread. The listener of
 * the TCP server is one that shows its own channel to Undertow's ({@code
 * ChannelListeners.DelegatingChannelListener}, XNIO 3.8), an {@code UndertowAcceptingSslChannel}
 * (2.3.26) that accepts from the TCP server itself. Here Undertow's listener is shown a second such
 * channel instead, made as the first and with its options of the moment, but on top of another
 * source of connections.
 */
final class TlsAccept {
    private final Class<?> listenerType;
    private final Field innerListener;
    private final Field ownChannel;
    private final Class<?> channelType;
    private final Constructor<?> constructor;
    private final Field ssl;
    private final Field startTls;
    private final Field buffers;
    private final Field suitesOrder;

    private TlsAccept() throws ReflectiveOperationException {
        ClassLoader undertow = UndertowXnioSsl.class.getClassLoader();
        listenerType =
                Class.forName(
                        ChannelListeners.class.getName() + "$DelegatingChannelListener",
                        false,
                        ChannelListeners.class.getClassLoader());
        innerListener = field(listenerType, "channelListener");
        ownChannel = field(listenerType, "realChannel");
        channelType =
                Class.forName(
                        UndertowXnioSsl.class.getPackageName() + ".UndertowAcceptingSslChannel",
                        false,
                        undertow);
        constructor =
                channelType.getDeclaredConstructor(
                        UndertowXnioSsl.class,
                        AcceptingChannel.class,
                        OptionMap.class,
                        ByteBufferPool.class,
                        boolean.class);
        constructor.setAccessible(true);
        ssl = field(channelType, "ssl");
        startTls = field(channelType, "startTls");
        buffers = field(channelType, "applicationBufferPool");
        suitesOrder = field(channelType, "useCipherSuitesOrder");
    }

    /**
     * Finds the parts.
     *
     * @throws ReflectiveOperationException if this Undertow or XNIO has others
     */
    static TlsAccept find() throws ReflectiveOperationException {
        return new TlsAccept();
    }

    private static Field field(Class<?> owner, String name) throws NoSuchFieldException {
        Field field = owner.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    /** Whether the listener of a TCP server is that of an HTTPS listener of Undertow. */
    boolean isOf(ChannelListener<?> listener) throws IllegalAccessException {
        return listenerType.equals(listener.getClass())
                && channelType.equals(ownChannel.get(listener).getClass());
    }

    /** Returns Undertow's own listener, which is shown a TLS channel. */
    ChannelListener<?> listener(ChannelListener<?> listener) throws IllegalAccessException {
        return (ChannelListener<?>) innerListener.get(listener);
    }

    /** Returns a channel like the listener's own that accepts from {@code source}. */
    AcceptingChannel<?> channel(ChannelListener<?> listener, AcceptingChannel<?> source)
            throws ReflectiveOperationException {
        AcceptingChannel<?> own = (AcceptingChannel<?>) ownChannel.get(listener);
        return (AcceptingChannel<?>)
                constructor.newInstance(
                        ssl.get(own),
                        source,
                        options(own),
                        buffers.get(own),
                        startTls.getBoolean(own));
    }

    private OptionMap options(AcceptingChannel<?> own) throws IllegalAccessException {
        OptionMap.Builder options = OptionMap.builder();
        try {
            copy(own, Options.SSL_CLIENT_AUTH_MODE, options);
            copy(own, Options.SSL_USE_CLIENT_MODE, options);
            copy(own, Options.SSL_ENABLE_SESSION_CREATION, options);
            copy(own, Options.SSL_ENABLED_CIPHER_SUITES, options);
            copy(own, Options.SSL_ENABLED_PROTOCOLS, options);
        } catch (IOException impossible) {
            throw new IllegalStateException("options that the channel has itself", impossible);
        }
        return options.set(
                        UndertowOptions.SSL_USER_CIPHER_SUITES_ORDER, suitesOrder.getBoolean(own))
                .getMap();
    }

    private static <T> void copy(AcceptingChannel<?> from, Option<T> option, OptionMap.Builder to)
            throws IOException {
        T value = from.getOption(option);
        if (value != null) {
            to.set(option, value);
        }
    }
}
