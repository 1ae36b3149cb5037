package dev.treadle.tck;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate for localhost, made once in the life of a JVM, for servers under test, and clients
 * that trust it. Thread-safe.
 */
public final class Tls {
    /** The password of {@link #keys()} and of its one entry. */
    public static final String PASSWORD = "changeit";

    /** The type of {@link #keys()}, for a server that makes a copy of them. */
    public static final String TYPE = "JKS";

    private Tls() {}

    /** Returns the key and its certificate. */
    public static KeyStore keys() {
        return Made.KEYS;
    }

    /** Returns a context for a server. */
    public static SSLContext server() {
        try {
            KeyManagerFactory managers =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys(), PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException(broken);
        }
    }

    /**
     * Shakes hands on a connected socket.
     *
     * @param protocol the one name that ALPN offers, or empty for no ALPN
     * @throws IOException if the handshake fails, or the server has not taken the protocol
     */
    static SSLSocket client(Socket connected, String protocol) throws IOException {
        SSLSocket socket =
                (SSLSocket)
                        Made.TRUSTING
                                .getSocketFactory()
                                .createSocket(connected, "localhost", connected.getPort(), true);
        if (!protocol.isEmpty()) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {protocol});
            socket.setSSLParameters(parameters);
        }
        socket.startHandshake();
        if (!protocol.isEmpty() && !protocol.equals(socket.getApplicationProtocol())) {
            String chosen = socket.getApplicationProtocol();
            socket.close();
            throw new IOException("ALPN: '" + chosen + "' (expected: " + protocol + ")");
        }
        return socket;
    }

    private static final class Made {
        static final KeyStore KEYS = makeKeys();
        static final SSLContext TRUSTING = trusting(KEYS);

        private static KeyStore makeKeys() {
            try {
                Path directory = Files.createTempDirectory("treadle-tls");
                Path store = directory.resolve("keys.p12");
                try {
                    makeKeys(store);
                    return quick(KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray()));
                } finally {
                    Files.deleteIfExists(store);
                    Files.delete(directory);
                }
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            } catch (GeneralSecurityException broken) {
                throw new IllegalStateException(broken);
            }
        }

        /**
         * Copies a store into one of a type that encrypts its key with a hash or two. In PKCS12
         * each reading of the key takes 10,000, and there are thousands of servers under test.
         */
        private static KeyStore quick(KeyStore from) throws GeneralSecurityException, IOException {
            char[] password = PASSWORD.toCharArray();
            KeyStore quick = KeyStore.getInstance(TYPE);
            quick.load(null, null);
            String alias = from.aliases().nextElement();
            quick.setKeyEntry(
                    alias, from.getKey(alias, password), password, from.getCertificateChain(alias));
            return quick;
        }

        /**
         * The JDK has no API to sign a certificate; its tool has. Its default curve is P-384; P-256
         * is enough for a test, and thousands of handshakes are cheaper with it.
         */
        private static void makeKeys(Path store) throws IOException {
            Process keytool =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "keytool")
                                            .toString(),
                                    "-J-XX:TieredStopAtLevel=1", // a short run
                                    "-genkeypair",
                                    "-alias",
                                    "test",
                                    "-keyalg",
                                    "EC",
                                    "-groupname",
                                    "secp256r1",
                                    "-dname",
                                    "CN=localhost",
                                    "-ext",
                                    "SAN=DNS:localhost,IP:127.0.0.1",
                                    "-storetype",
                                    "PKCS12",
                                    "-storepass",
                                    PASSWORD,
                                    "-keystore",
                                    store.toString())
                            .inheritIO()
                            .start();
            try {
                if (keytool.waitFor() != 0) {
                    throw new IOException("keytool ended with " + keytool.exitValue());
                }
            } catch (InterruptedException interrupted) {
                keytool.destroy();
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while keytool ran", interrupted);
            }
        }

        private static SSLContext trusting(KeyStore keys) {
            try {
                TrustManagerFactory trust =
                        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                trust.init(keys);
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(null, trust.getTrustManagers(), null);
                return context;
            } catch (GeneralSecurityException broken) {
                throw new IllegalStateException(broken);
            }
        }
    }
}
