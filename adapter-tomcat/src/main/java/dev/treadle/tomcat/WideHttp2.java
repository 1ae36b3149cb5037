package dev.treadle.tomcat;

import jakarta.servlet.http.WebConnection;

import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.Request;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.UpgradeToken;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler;
import org.apache.coyote.http11.upgrade.UpgradeInfo;
import org.apache.coyote.http11.upgrade.UpgradeProcessorInternal;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SSLSupport;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.Map;

/**
 * Tomcat's HTTP/2 with a receive window of the connection in which all streams have room that may
 * be open at once. Tomcat makes that window as large as one stream's
 * (Http2UpgradeHandler.createWindowUpdateForSettings), so bodies of requests that wait in the queue
 * would use it up, and block those of requests inside. Tomcat itself keeps no account of the
 * window: it gives back each byte that is read or dropped.
 *
 * @param protocol the one that the user has configured
 */
record WideHttp2(Http2Protocol protocol, Http2Internals internals) implements UpgradeProtocol {
    /** Of a connection, before any update (RFC 9113, 6.9.2). */
    private static final int INITIAL_WINDOW = 65_535;

    /** Puts one in the place of each HTTP/2 protocol of a connector that is initialised. */
    static void putInto(AbstractHttp11Protocol<?> http, Http2Internals internals) {
        for (Map<String, UpgradeProtocol> upgrades : internals.upgrades(http)) {
            upgrades.replaceAll((name, present) ->
                    present instanceof Http2Protocol plain
                            ? new WideHttp2(plain, internals)
                            : present);
        }
    }

    @Override
    public String getHttpUpgradeName(boolean isSslEnabled) {
        return protocol.getHttpUpgradeName(isSslEnabled);
    }

    @Override
    public byte[] getAlpnIdentifier() {
        return protocol.getAlpnIdentifier();
    }

    @Override
    public String getAlpnName() {
        return protocol.getAlpnName();
    }

    /** As that of {@link Http2Protocol}, but for the handler. */
    @Override
    public Processor getProcessor(SocketWrapperBase<?> socket, Adapter adapter) {
        return new UpgradeProcessorInternal(
                socket,
                new UpgradeToken(
                        getInternalUpgradeHandler(socket, adapter, null),
                        null,
                        null,
                        protocol.getUpgradeProtocolName()),
                null);
    }

    @Override
    public InternalHttpUpgradeHandler getInternalUpgradeHandler(
            SocketWrapperBase<?> socket, Adapter adapter, @Nullable Request upgraded) {
        return new Connection(
                protocol.getInternalUpgradeHandler(socket, adapter, upgraded),
                internals,
                increment());
    }

    /** Returns by how much the window of the next connection is to be larger than Tomcat's. */
    private int increment() {
        long ofStream = protocol.getInitialWindowSize();
        long ofConnection =
                Math.min(ofStream * protocol.getMaxConcurrentStreams(), Integer.MAX_VALUE);
        return (int) Math.max(0, ofConnection - Math.max(ofStream, INITIAL_WINDOW));
    }

    @Override
    public boolean accept(Request request) {
        return protocol.accept(request);
    }

    @Override
    public void setHttp11Protocol(AbstractHttp11Protocol<?> http) {
        protocol.setHttp11Protocol(http);
    }

    /** One connection: Tomcat's handler, and the update of the window after its settings. */
    private static final class Connection implements InternalHttpUpgradeHandler {
        private final InternalHttpUpgradeHandler tomcats;
        private final Http2Internals internals;
        private final int increment;

        /** Tomcat runs init and the first dispatch one after the other, under its lock. */
        private boolean begun;

        private @Nullable SocketWrapperBase<?> wrapper;

        Connection(InternalHttpUpgradeHandler tomcats, Http2Internals internals, int increment) {
            this.tomcats = tomcats;
            this.internals = internals;
            this.increment = increment;
        }

        @Override
        public void init(@Nullable WebConnection connection) {
            tomcats.init(connection); // sends the settings
            if (!begun) {
                begun = true;
                enlarge();
            }
        }

        private void enlarge() {
            if (increment > 0) {
                try {
                    internals.enlargeWindow(tomcats, increment);
                } catch (IOException closed) {
                    // the next read or write of Tomcat finds the same
                }
            }
        }

        /**
         * Tomcat's own method also begins with init, which reads the preface and goes on to the
         * frames after it. It then reads a second time. If the first read has to wait for the
         * client, another thread goes on with it. The second read would then take frames at the
         * same time, so their order is lost, and the connection ends with a PROTOCOL_ERROR (seen
         * with plain Tomcat 10.1.55 too, once in 50 connections under load). So there is no second
         * read here: with asynchronous I/O each read begins the next one by itself. The time limit
         * for a client that never ends its preface, which Tomcat sets with the second read, comes
         * first.
         */
        @Override
        public SocketState upgradeDispatch(SocketEvent status) {
            if (begun) {
                return tomcats.upgradeDispatch(status);
            }
            if (!tomcats.hasAsyncIO()) {
                init(null);
                return tomcats.upgradeDispatch(status);
            }
            internals.limitIdleTime(tomcats);
            init(null);
            return isClosed() ? SocketState.CLOSED : SocketState.ASYNC_IO;
        }

        private boolean isClosed() {
            SocketWrapperBase<?> known = wrapper;
            return known == null || known.isClosed();
        }

        @Override
        public void timeoutAsync(long now) {
            tomcats.timeoutAsync(now);
        }

        @Override
        public void setSocketWrapper(SocketWrapperBase<?> wrapper) {
            this.wrapper = wrapper;
            tomcats.setSocketWrapper(wrapper);
        }

        @Override
        public void setSslSupport(SSLSupport sslSupport) {
            tomcats.setSslSupport(sslSupport);
        }

        @Override
        public void pause() {
            tomcats.pause();
        }

        @Override
        public boolean hasAsyncIO() {
            return tomcats.hasAsyncIO();
        }

        @Override
        public UpgradeInfo getUpgradeInfo() {
            return tomcats.getUpgradeInfo();
        }

        @Override
        public void destroy() {
            tomcats.destroy();
        }
    }
}
