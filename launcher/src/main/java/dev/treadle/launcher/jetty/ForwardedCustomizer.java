package dev.treadle.launcher.jetty;

import dev.treadle.launcher.host.Proxies;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.HostPort;
import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Sets the client of a request, and the address it has called, as trusted proxies tell them. */
final class ForwardedCustomizer implements HttpConfiguration.Customizer {
    private final Proxies proxies;

    ForwardedCustomizer(Proxies proxies) {
        this.proxies = proxies;
    }

    @Override
    public Request customize(Request request, HttpFields.Mutable responseHeaders) {
        Proxies.Origin origin =
                proxies.origin(peer(request), name -> request.getHeaders().getValuesList(name));
        return origin == null ? request : new Forwarded(request, origin);
    }

    private static @Nullable InetAddress peer(Request request) {
        return request.getConnectionMetaData().getRemoteSocketAddress()
                        instanceof InetSocketAddress socket
                ? socket.getAddress()
                : null;
    }

    private static final class Forwarded extends Request.Wrapper {
        private final HttpURI uri;
        private final HttpFields headers;
        private final ConnectionMetaData connection;

        Forwarded(Request request, Proxies.Origin origin) {
            super(request);
            ConnectionMetaData own = request.getConnectionMetaData();
            Proxies.Called present =
                    new Proxies.Called(
                            own.isSecure() ? "https" : "http",
                            Request.getServerName(request),
                            Proxies.Called.portOf(request.getHeaders().get(HttpHeader.HOST)));
            Proxies.Called called = origin.called(present);
            boolean asItWas = called.equals(present);
            uri = asItWas ? request.getHttpURI() : uri(request, called);
            // Jetty refuses a request whose header and URI differ in this
            headers =
                    asItWas
                            ? request.getHeaders()
                            : HttpFields.build(request.getHeaders())
                                    .put(HttpHeader.HOST, called.authority())
                                    .asImmutable();
            connection = new Connection(own, origin.client(), called);
        }

        private static HttpURI uri(Request request, Proxies.Called called) {
            return HttpURI.build(request.getHttpURI())
                    .scheme(called.scheme())
                    .authority(called.host(), called.port())
                    .asImmutable();
        }

        @Override
        public HttpURI getHttpURI() {
            return uri;
        }

        @Override
        public HttpFields getHeaders() {
            return headers;
        }

        @Override
        public boolean isSecure() {
            return connection.isSecure();
        }

        @Override
        public ConnectionMetaData getConnectionMetaData() {
            return connection;
        }
    }

    private static final class Connection extends ConnectionMetaData.Wrapper {
        private final SocketAddress client;
        private final Proxies.Called called;

        Connection(ConnectionMetaData wrapped, InetAddress client, Proxies.Called called) {
            super(wrapped);
            this.client = new InetSocketAddress(client, 0);
            this.called = called;
        }

        @Override
        public boolean isSecure() {
            return called.secure();
        }

        @Override
        public SocketAddress getRemoteSocketAddress() {
            return client;
        }

        @Override
        public HostPort getServerAuthority() {
            return new HostPort(called.host(), called.port());
        }
    }
}
