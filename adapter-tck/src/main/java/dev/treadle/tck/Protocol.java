package dev.treadle.tck;

import java.io.IOException;

/** The protocol between a client and the server under test. */
public enum Protocol {
    /** HTTP/1.1 without TLS. */
    HTTP_1_1(false),
    /** HTTP/2 without TLS, by prior knowledge. */
    H2C(true),
    /** HTTP/2 over TLS, chosen by ALPN. */
    H2(true);

    private final boolean http2;

    Protocol(boolean http2) {
        this.http2 = http2;
    }

    /** Returns whether requests are streams of a connection. */
    public boolean isHttp2() {
        return http2;
    }

    /** Returns whether the server needs a certificate: {@link Tls#server()}. */
    public boolean isTls() {
        return this == H2;
    }

    /** Opens a connection of its own for one client. */
    Client connect(int port) throws IOException {
        return http2
                ? new Http2Client(Http2Connection.open(port, isTls()), true)
                : new RawClient(port);
    }

    /** Opens a connection of its own that takes some kilobytes of an answer, and no more unread. */
    Client connectSlowly(int port) throws IOException {
        return http2
                ? new Http2Client(
                        Http2Connection.open(port, isTls(), Http2Connection.SMALL_WINDOW), true)
                : new RawClient(port, RawClient.SMALL_BUFFER);
    }
}
