package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Certificates for 127.0.0.1 and localhost, made anew by the JDK's keytool: a root, an
 * intermediate, and a server's below that. Clients trust the root only, so a server has to send the
 * whole chain.
 */
final class TestCertificates {
    private static final String PASSWORD = "changeit";
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private final Path directory;
    private final Path store;

    private TestCertificates(Path directory) {
        this.directory = directory;
        this.store = directory.resolve("all.p12");
    }

    /**
     * Makes a server's certificate {@code server} with a key of this algorithm.
     *
     * @param algorithm RSA or EC
     */
    static TestCertificates make(Path directory, String algorithm) throws Exception {
        TestCertificates made = new TestCertificates(directory);
        made.keytool("root", "EC", "-ext", "bc:critical");
        made.keytool("intermediate", "EC", "-ext", "bc:critical", "-signer", "root");
        made.keytool("server", algorithm, "-signer", "intermediate");
        return made;
    }

    /** Makes one more entry, such as one that is not valid any more. */
    void keytool(String alias, String algorithm, String... more) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Places.javaHome().resolve("bin").resolve("keytool").toString(),
                                "-J-XX:TieredStopAtLevel=1", // a short run
                                "-genkeypair",
                                "-alias",
                                alias,
                                "-keyalg",
                                algorithm,
                                "-dname",
                                "CN=" + alias,
                                "-ext",
                                "san=dns:localhost,ip:127.0.0.1",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                PASSWORD,
                                "-storetype",
                                "PKCS12"));
        command.addAll(Arrays.asList(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.inputReader().lines().reduce("", String::concat));
        assertThat(process.waitFor()).as(said).isZero();
    }

    /** Writes the chain of an entry but for its root, as a server sends it. */
    Path chainFile(String alias) throws Exception {
        Certificate[] chain = load().getCertificateChain(alias);
        StringBuilder text = new StringBuilder("what is outside of the blocks does not count\n");
        int sent = Math.max(1, chain.length - 1);
        for (Certificate certificate : Arrays.copyOf(chain, sent)) {
            text.append(pem("CERTIFICATE", certificate.getEncoded()));
        }
        return Files.writeString(directory.resolve(alias + "-chain.pem"), text);
    }

    /** Writes the key of an entry in PKCS#8. */
    Path keyFile(String alias) throws Exception {
        byte[] key = load().getKey(alias, PASSWORD.toCharArray()).getEncoded();
        return Files.writeString(directory.resolve(alias + "-key.pem"), pem("PRIVATE KEY", key));
    }

    /** Writes the key of an entry in PKCS#8 with a password. */
    Path encryptedKeyFile(String alias) throws Exception {
        byte[] key = load().getKey(alias, PASSWORD.toCharArray()).getEncoded();
        String algorithm = "PBEWithSHA1AndDESede";
        SecretKey secret =
                SecretKeyFactory.getInstance(algorithm)
                        .generateSecret(new PBEKeySpec(PASSWORD.toCharArray()));
        Cipher cipher = Cipher.getInstance(algorithm);
        cipher.init(Cipher.ENCRYPT_MODE, secret);
        byte[] encrypted =
                new EncryptedPrivateKeyInfo(cipher.getParameters(), cipher.doFinal(key))
                        .getEncoded();
        return Files.writeString(
                directory.resolve(alias + "-encrypted.pem"),
                pem("ENCRYPTED PRIVATE KEY", encrypted));
    }

    /** Returns what {@code --https} takes for the server, on a free port of 127.0.0.1. */
    String option() throws Exception {
        return "127.0.0.1:0," + chainFile("server") + "," + keyFile("server");
    }

    /** Returns the context of a client that trusts the root. */
    SSLContext trusting() throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("root", load().getCertificate("root"));
        TrustManagerFactory managers =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    private KeyStore load() throws GeneralSecurityException, IOException {
        return KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    }

    static String pem(String label, byte[] content) {
        return "-----BEGIN "
                + label
                + "-----\n"
                + LINES.encodeToString(content)
                + "\n-----END "
                + label
                + "-----\n";
    }
}
