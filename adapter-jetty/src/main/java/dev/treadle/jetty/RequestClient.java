package dev.treadle.jetty;

import dev.treadle.gate.ClientSocket;
import dev.treadle.gate.SocketPair;

import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** The client of one request. */
final class RequestClient implements ClientSocket {
    private final Request request;
    private final Http2 http2;

    RequestClient(Request request, Http2 http2) {
        this.request = request;
        this.http2 = http2;
    }

    /** The addresses of the connection itself, not those that a proxy reports. */
    @Override
    public @Nullable SocketPair pair() {
        EndPoint endPoint = endPoint();
        return endPoint.getRemoteSocketAddress() instanceof InetSocketAddress remote
                        && endPoint.getLocalSocketAddress() instanceof InetSocketAddress local
                        && remote.getAddress() != null
                ? new SocketPair(local.getPort(), remote.getAddress(), remote.getPort())
                : null;
    }

    @Override
    public @Nullable InetAddress address() {
        return endPoint().getRemoteSocketAddress() instanceof InetSocketAddress remote
                ? remote.getAddress()
                : null;
    }

    /**
     * Also if Jetty has closed the connection, for example because a write failed: it reports that
     * only to code that is reading or writing at that moment.
     */
    @Override
    public boolean isGone() {
        return !endPoint().isOpen() || http2.isGone(request);
    }

    private EndPoint endPoint() {
        return request.getConnectionMetaData().getConnection().getEndPoint();
    }
}
