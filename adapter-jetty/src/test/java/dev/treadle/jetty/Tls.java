package dev.treadle.jetty;

import org.eclipse.jetty.util.ssl.SslContextFactory;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Locale;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A certificate of its own for one test, and clients that trust it. */
final class Tls implements AutoCloseable {
    private static final String PASSWORD = "changeit";

    private final Path directory = Files.createTempDirectory("treadle-tls");
    private final Path store = directory.resolve("keys.p12");
    private final SSLContext trusting;

    Tls() throws Exception {
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "test",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=localhost",
                                "-ext",
                                "SAN=IP:127.0.0.1",
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                PASSWORD,
                                "-keystore",
                                store.toString())
                        .inheritIO()
                        .start();
        if (keytool.waitFor() != 0) {
            throw new IllegalStateException("keytool: " + keytool.exitValue());
        }
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        trusting = trusting(keys);
    }

    private static SSLContext trusting(KeyStore keys) throws GeneralSecurityException {
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(keys);
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, trust.getTrustManagers(), null);
        return trusting;
    }

    /** Connects to a server that has one of these keys. */
    static Client connect(KeyStore keys, int port) throws IOException, GeneralSecurityException {
        return connect(trusting(keys), port);
    }

    private static Client connect(SSLContext trusting, int port) throws IOException {
        return new Client((SSLSocket) trusting.getSocketFactory().createSocket("127.0.0.1", port));
    }

    SslContextFactory.Server server() {
        SslContextFactory.Server factory = new SslContextFactory.Server();
        factory.setKeyStorePath(store.toString());
        factory.setKeyStorePassword(PASSWORD);
        factory.setSniRequired(false);
        return factory;
    }

    Client connect(int port) throws IOException {
        return connect(trusting, port);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(store);
        Files.deleteIfExists(directory);
    }

    /** One connection. */
    static final class Client implements AutoCloseable {
        private final SSLSocket socket;

        private Client(SSLSocket socket) throws IOException {
            this.socket = socket;
            socket.setSoTimeout(60_000);
        }

        /** Returns the body of the answer, which must have a length. */
        String get(String path) throws IOException {
            String request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.read());
            }
            String[] lines = head.toString().split("\r\n");
            if (!lines[0].contains(" 200 ")) {
                throw new IOException(lines[0]);
            }
            for (String line : lines) {
                if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                    int length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
                    return new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
                }
            }
            throw new IOException("no length: " + head);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
