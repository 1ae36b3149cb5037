package dev.treadle.launcher.host;

import java.security.GeneralSecurityException;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * The certificate of a listener, which may be read anew from its files while the server runs. Safe
 * for any thread.
 */
public final class TlsKeys {
    private final String option;
    private final String certificateFile;
    private final String keyFile;
    private final SwappableKeys keys;
    private volatile TlsIdentity identity;

    private TlsKeys(String option, String certificateFile, String keyFile, TlsIdentity first) {
        this.option = option;
        this.certificateFile = certificateFile;
        this.keyFile = keyFile;
        this.identity = first;
        this.keys = new SwappableKeys(first.keyManager());
    }

    /**
     * Reads and checks both files; see {@link TlsIdentity#read}.
     *
     * @throws dev.treadle.settings.InvalidSettingException if a file cannot be used
     */
    public static TlsKeys read(String option, String certificateFile, String keyFile) {
        return new TlsKeys(
                option,
                certificateFile,
                keyFile,
                TlsIdentity.read(option, certificateFile, keyFile));
    }

    /**
     * Reads both files again. New connections get the new certificate; open ones go on with theirs.
     *
     * @throws dev.treadle.settings.InvalidSettingException if a file cannot be used; nothing is
     *     changed then
     */
    public void readAgain() {
        TlsIdentity next = TlsIdentity.read(option, certificateFile, keyFile);
        keys.swap(next.keyManager());
        identity = next;
    }

    /** Returns the certificate in use. */
    public TlsIdentity identity() {
        return identity;
    }

    /** Returns the file of the certificate, as the user has written it. */
    public String certificateFile() {
        return certificateFile;
    }

    /** Returns the file of the key, as the user has written it. */
    public String keyFile() {
        return keyFile;
    }

    /** Returns the key manager, which follows each change. */
    public X509ExtendedKeyManager keyManager() {
        return keys;
    }

    /** Returns a new context for servers, which follows each change. */
    public SSLContext sslContext() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {keys}, null, null);
            return context;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(
                    "the TLS context of " + certificateFile + " could not be made", impossible);
        }
    }
}
