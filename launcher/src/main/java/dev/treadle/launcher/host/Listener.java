package dev.treadle.launcher.host;

/** One address where a server listens, and what it speaks there. */
public sealed interface Listener {
    /** Returns where to listen. */
    HttpAddress address();

    /** Returns the option of the command line that asked for it, such as {@code --http}. */
    String option();

    /**
     * Returns the URL for a start line.
     *
     * @param actualPort the port it got, in place of port 0
     */
    String url(int actualPort);

    /**
     * Cleartext HTTP/1.1.
     *
     * @param http2 whether clients may speak HTTP/2 as well, with prior knowledge or, where the
     *     container has it, by an upgrade
     */
    record Plain(HttpAddress address, boolean http2) implements Listener {
        @Override
        public String option() {
            return "--http";
        }

        @Override
        public String url(int actualPort) {
            return address.url("http", actualPort);
        }
    }

    /**
     * TLS 1.2 or 1.3. ALPN chooses HTTP/2, or HTTP/1.1 for a client without it.
     *
     * @param keys the certificate and the key
     */
    record Tls(HttpAddress address, TlsKeys keys) implements Listener {
        @Override
        public String option() {
            return "--https";
        }

        @Override
        public String url(int actualPort) {
            return address.url("https", actualPort);
        }
    }
}
