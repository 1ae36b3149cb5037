package dev.treadle.launcher.jetty;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/2 without TLS that is not entered by a request with a body, which is answered over HTTP/1.1.
 * Jetty (12.0 and 12.1) refuses only a body with its length: it would take a body in chunks for
 * frames of HTTP/2, and the application would see none. A server may ignore an upgrade (RFC 9110,
 * 7.8).
 */
final class CleartextHttp2 extends HTTP2CServerConnectionFactory {
    CleartextHttp2(HttpConfiguration configuration) {
        super(configuration);
    }

    /** Null: there is no upgrade. */
    @Override
    public @Nullable Connection upgradeConnection(
            Connector connector,
            EndPoint endPoint,
            MetaData.Request request,
            HttpFields.Mutable responseFields) {
        return request.getHttpFields().contains(HttpHeader.TRANSFER_ENCODING)
                ? null
                : super.upgradeConnection(connector, endPoint, request, responseFields);
    }
}
