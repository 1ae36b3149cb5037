package dev.treadle.launcher.tomcat;

import org.apache.coyote.Request;
import org.apache.coyote.http2.Http2Protocol;

/**
 * HTTP/2 without TLS that is not entered by a request with a body, which is answered over HTTP/1.1.
 * Tomcat (10.1 and 11) reads the whole body before it changes the protocol, and answers 413 to one
 * of more than 4 KiB ({@code maxSavePostSize}). A server may ignore an upgrade (RFC 9110, 7.8).
 */
final class CleartextHttp2 extends Http2Protocol {
    @Override
    public boolean accept(Request request) {
        return request.getContentLengthLong() <= 0
                && request.getMimeHeaders().getHeader("transfer-encoding") == null
                && super.accept(request);
    }
}
