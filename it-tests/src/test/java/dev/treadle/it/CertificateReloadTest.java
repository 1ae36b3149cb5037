package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** The certificate of {@code --https} is replaced while the server runs. */
class CertificateReloadTest {

    @TempDir static Path directory = Path.of("");
    private static TestCertificates certificates;
    private static SSLContext trusting;

    @BeforeAll
    static void makeCertificates() throws Exception {
        certificates = TestCertificates.make(directory, "RSA");
        certificates.keytool("second", "EC", "-signer", "intermediate");
        certificates.keytool("third", "RSA", "-signer", "intermediate");
        for (String each : List.of("server", "second", "third")) {
            certificates.chainFile(each);
            certificates.keyFile(each);
        }
        trusting = certificates.trusting();
    }

    private static void put(Path to, String chain, String key) throws Exception {
        copy(chain + "-chain.pem", to.resolve("cert.pem"));
        copy(key + "-key.pem", to.resolve("key.pem"));
    }

    private static void copy(String from, Path to) throws Exception {
        Files.copy(directory.resolve(from), to, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Returns the name in the certificate that a new connection gets. */
    private static String served(URI root) throws Exception {
        // a context of its own: no session is resumed
        try (SSLSocket socket =
                (SSLSocket)
                        certificates
                                .trusting()
                                .getSocketFactory()
                                .createSocket(root.getHost(), root.getPort())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.startHandshake();
            X509Certificate first = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return first.getSubjectX500Principal().getName();
        }
    }

    /** On all containers at the same time: most of it is waiting for the next look. */
    @Test
    void newConnectionsGetTheNewCertificateAndOldOnesGoOn(@TempDir Path files) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (String container : Cell.containers().toList()) {
                Path own = Files.createDirectory(files.resolve(container));
                all.add(
                        threads.submit(() -> {
                            assertReplaces(container, own);
                            return null;
                        }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        }
    }

    private static void assertReplaces(String container, Path files) throws Exception {
        put(files, "server", "server");
        String option =
                "--https=127.0.0.1:0," + files.resolve("cert.pem") + "," + files.resolve("key.pem");
        try (TreadleProcess server =
                        TreadleProcess.launcher(
                                option,
                                "--container=" + container,
                                "--war=" + Places.exampleWar());
                Web one = new Web(server.httpsAddress(), Version.HTTP_1_1, trusting);
                Web two = new Web(server.httpsAddress(), Version.HTTP_2, trusting)) {
            URI root = server.httpsAddress();
            assertThat(served(root)).isEqualTo("CN=server");
            assertThat(two.get("/thread").statusCode()).isEqualTo(200);
            try (BufferedReader slow = one.begin("/slow?millis=6000");
                    BufferedReader slow2 = two.begin("/slow?millis=6000")) {
                put(files, "second", "second");
                await().atMost(PATIENCE).until(() -> server.out().contains("CN=second, valid to"));
                assertThat(served(root)).isEqualTo("CN=second");
                assertThat(slow.readLine()).isEqualTo("begun");
                assertThat(slow.readLine()).isEqualTo("finished");
                assertThat(slow2.readLine()).isEqualTo("begun");
                assertThat(slow2.readLine()).isEqualTo("finished");
            }
            assertThat(two.get("/thread").statusCode()).isEqualTo(200);

            put(files, "third", "second");
            await().atMost(PATIENCE).until(() -> server.err().contains("nothing is changed"));
            assertThat(server.err())
                    .contains("treadle: --https: " + files.resolve("key.pem") + " (expected: ")
                    .contains("it runs on with the certificate CN=second, valid to ");
            assertThat(served(root)).isEqualTo("CN=second");

            put(files, "third", "third");
            server.hangUp();
            await().atMost(PATIENCE).until(() -> server.out().contains("CN=third, valid to"));
            assertThat(served(root)).isEqualTo("CN=third");
            assertThat(server.err().lines().filter(line -> line.startsWith("treadle: ")))
                    .as("one message of the mistake")
                    .hasSize(1);
        }
    }
}
