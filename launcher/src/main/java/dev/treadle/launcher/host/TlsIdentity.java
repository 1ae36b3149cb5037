package dev.treadle.launcher.host;

import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * The certificate chain and the private key of a server, from PEM files. All containers get it from
 * here, so the same files work on each of them, and the checked files are those in use. Immutable.
 */
public final class TlsIdentity {
    /** The versions of TLS that a server speaks: the older ones are broken (RFC 8996). */
    public static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    /** The JDK demands a password; the key store never leaves the memory of this process. */
    private static final String PASSWORD = "in-memory";

    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String PRIVATE_KEY = "PRIVATE KEY";
    private static final String EXPECTED_CERTIFICATE =
            "a PEM file with the server's certificate first, then those that issued it";
    private static final String EXPECTED_KEY =
            "a PEM file with the private key, in PKCS#8 without a password";

    /** Algorithms of keys, each with a signature that shows that a key fits its certificate. */
    private static final Map<String, String> SIGNATURES =
            Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

    private final String option;
    private final String certificateFile;
    private final List<X509Certificate> chain;
    private final PrivateKey key;

    private TlsIdentity(
            String option, String certificateFile, List<X509Certificate> chain, PrivateKey key) {
        this.option = option;
        this.certificateFile = certificateFile;
        this.chain = List.copyOf(chain);
        this.key = key;
    }

    /**
     * Reads and checks both files.
     *
     * @param option the option of the command line, for messages
     * @param certificateFile PEM: the server's certificate first, then those that issued it
     * @param keyFile PEM: the private key, in PKCS#8 without a password; RSA, EC or EdDSA. It may
     *     be the same file
     * @throws InvalidSettingException if a file cannot be used; the message says which, and why
     */
    public static TlsIdentity read(String option, String certificateFile, String keyFile) {
        List<X509Certificate> chain =
                chain(PemFile.read(option, certificateFile, EXPECTED_CERTIFICATE));
        PemFile keyPem = PemFile.read(option, keyFile, EXPECTED_KEY);
        PrivateKey key = key(keyPem);
        requireFits(key, chain.getFirst(), keyPem, certificateFile);
        return new TlsIdentity(option, certificateFile, chain, key);
    }

    private static List<X509Certificate> chain(PemFile pem) {
        List<X509Certificate> chain = new ArrayList<>();
        for (PemFile.Block block : pem.blocks()) {
            if (block.label().equals(CERTIFICATE)) {
                chain.add(certificate(pem, block));
            }
        }
        if (chain.isEmpty()) {
            throw pem.unlike(EXPECTED_CERTIFICATE + "; it has no block BEGIN CERTIFICATE");
        }
        for (int i = 1; i < chain.size(); i++) {
            X509Certificate before = chain.get(i - 1);
            if (!before.getIssuerX500Principal().equals(chain.get(i).getSubjectX500Principal())) {
                throw pem.unlike(
                        EXPECTED_CERTIFICATE
                                + "; its certificate "
                                + (i + 1)
                                + " did not issue certificate "
                                + i
                                + ", put them in that order");
            }
        }
        return chain;
    }

    private static X509Certificate certificate(PemFile pem, PemFile.Block block) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(pem.decode(block)));
        } catch (CertificateException damaged) {
            throw pem.unlike(
                    EXPECTED_CERTIFICATE + "; a certificate in it is damaged, copy it again");
        }
    }

    private static PrivateKey key(PemFile pem) {
        for (PemFile.Block block : pem.blocks()) {
            if (block.label().equals(PRIVATE_KEY)) {
                return key(pem, pem.decode(block));
            }
            if (block.label().equals("ENCRYPTED PRIVATE KEY")
                    || block.content().contains("Proc-Type: 4,ENCRYPTED")) {
                throw pem.unlike(
                        EXPECTED_KEY
                                + "; this one has a password, take it away with: openssl pkcs8"
                                + " -topk8 -nocrypt -in "
                                + pem.name()
                                + " -out plain.pem");
            }
            if (block.label().endsWith(PRIVATE_KEY)) {
                throw pem.unlike(
                        EXPECTED_KEY
                                + "; this one is an "
                                + block.label()
                                + ", convert it with: openssl pkcs8 -topk8 -nocrypt -in "
                                + pem.name()
                                + " -out plain.pem");
            }
        }
        throw pem.unlike(EXPECTED_KEY + "; it has no block BEGIN PRIVATE KEY");
    }

    private static PrivateKey key(PemFile pem, byte[] encoded) {
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(encoded);
        for (String algorithm : SIGNATURES.keySet()) {
            PrivateKey key = keyOrNull(algorithm, spec);
            if (key != null) {
                return key;
            }
        }
        throw pem.unlike("a private key of RSA, EC or EdDSA; this one is another, or is damaged");
    }

    /** The encoding names its algorithm, so at most one algorithm takes it. */
    private static @Nullable PrivateKey keyOrNull(String algorithm, PKCS8EncodedKeySpec spec) {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(spec);
        } catch (InvalidKeySpecException anotherAlgorithm) {
            return null;
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has " + algorithm, impossible);
        }
    }

    /** A server with a key of another certificate would start, and fail each handshake. */
    private static void requireFits(
            PrivateKey key, X509Certificate certificate, PemFile pem, String certificateFile) {
        PublicKey publicKey = certificate.getPublicKey();
        if (!key.getAlgorithm().equals(publicKey.getAlgorithm()) || !isPair(key, publicKey)) {
            throw pem.unlike(
                    "the private key of the first certificate in "
                            + certificateFile
                            + ", which is for "
                            + certificate.getSubjectX500Principal()
                            + "; this key belongs to another one");
        }
    }

    private static boolean isPair(PrivateKey key, PublicKey publicKey) {
        try {
            byte[] message = {1, 2, 3};
            Signature signature = Signature.getInstance(SIGNATURES.get(key.getAlgorithm()));
            signature.initSign(key);
            signature.update(message);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(message);
            return signature.verify(signed);
        } catch (GeneralSecurityException anotherSize) {
            return false;
        }
    }

    /** Returns a warning if the certificate is not valid at that time: clients will refuse it. */
    public Optional<String> warning(Instant now) {
        X509Certificate own = chain.getFirst();
        Instant begin = own.getNotBefore().toInstant();
        Instant end = own.getNotAfter().toInstant();
        if (!now.isBefore(begin) && !now.isAfter(end)) {
            return Optional.empty();
        }
        return Optional.of(
                option
                        + ": "
                        + certificateFile
                        + " (expected: a certificate that is valid now): it is valid from "
                        + begin
                        + " to "
                        + end
                        + ", so clients will refuse it; get a new one");
    }

    /** Names the certificate and its end, for a log line. */
    public String describe() {
        X509Certificate own = chain.getFirst();
        return own.getSubjectX500Principal() + ", valid to " + own.getNotAfter().toInstant();
    }

    /** Returns a new key manager with the chain and the key as its one entry. */
    X509ExtendedKeyManager keyManager() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(
                    "server", key, PASSWORD.toCharArray(), chain.toArray(X509Certificate[]::new));
            KeyManagerFactory managers =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(store, PASSWORD.toCharArray());
            return (X509ExtendedKeyManager) managers.getKeyManagers()[0];
        } catch (GeneralSecurityException | IOException impossible) {
            throw new IllegalStateException(
                    "the key store of " + certificateFile + " could not be made", impossible);
        }
    }

    /** Names the certificate, and keeps the key to itself. */
    @Override
    public String toString() {
        return "identity of " + chain.getFirst().getSubjectX500Principal();
    }
}
