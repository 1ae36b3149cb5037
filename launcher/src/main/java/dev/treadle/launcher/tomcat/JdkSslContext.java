package dev.treadle.launcher.tomcat;

import dev.treadle.launcher.host.TlsKeys;

import org.apache.tomcat.util.net.SSLContext;
import org.jspecify.annotations.Nullable;

import java.security.SecureRandom;
import java.security.cert.X509Certificate;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;

/**
 * A context of the JDK that is made elsewhere, as Tomcat wants it. Tomcat takes a key manager only
 * beside a file of a certificate, which it would read by itself.
 */
record JdkSslContext(TlsKeys keys, javax.net.ssl.SSLContext context) implements SSLContext {
    static JdkSslContext of(TlsKeys keys) {
        return new JdkSslContext(keys, keys.sslContext());
    }

    /** It has its keys already. */
    @Override
    public void init(
            KeyManager @Nullable [] keyManagers,
            TrustManager @Nullable [] trustManagers,
            @Nullable SecureRandom random) {}

    @Override
    public void destroy() {}

    @Override
    public SSLSessionContext getServerSessionContext() {
        return context.getServerSessionContext();
    }

    @Override
    public SSLEngine createSSLEngine() {
        return context.createSSLEngine();
    }

    @Override
    public SSLServerSocketFactory getServerSocketFactory() {
        return context.getServerSocketFactory();
    }

    @Override
    public SSLParameters getSupportedSSLParameters() {
        return context.getSupportedSSLParameters();
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return keys.keyManager().getCertificateChain(alias);
    }

    /** No client has to show a certificate. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
