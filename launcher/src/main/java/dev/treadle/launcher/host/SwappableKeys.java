package dev.treadle.launcher.host;

import org.jspecify.annotations.Nullable;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * The key manager of a server whose certificate may be replaced while it runs. Safe for any thread.
 *
 * <p><b>A handshake never mixes two certificates</b>: it asks for an alias first, and then for the
 * chain and the key of that alias. So an alias has the number of its generation in front, and the
 * former generation stays for handshakes that have begun with it.
 */
final class SwappableKeys extends X509ExtendedKeyManager {
    private static final char SEPARATOR = ':';

    /** One certificate with its key. */
    private record Generation(
            int number, X509ExtendedKeyManager keys, @Nullable Generation former) {
        /** Keeps the one before, and no older one. */
        Generation next(X509ExtendedKeyManager newKeys) {
            return new Generation(number + 1, newKeys, new Generation(number, keys, null));
        }

        @Nullable String alias(@Nullable String own) {
            return own == null ? null : number + String.valueOf(SEPARATOR) + own;
        }
    }

    private volatile Generation current;

    SwappableKeys(X509ExtendedKeyManager first) {
        current = new Generation(0, first, null);
    }

    /** New handshakes get these from now on. */
    synchronized void swap(X509ExtendedKeyManager keys) {
        current = current.next(keys);
    }

    private @Nullable X509ExtendedKeyManager of(String alias) {
        Generation now = current;
        String number = alias.substring(0, Math.max(0, alias.indexOf(SEPARATOR)));
        if (number.equals(String.valueOf(now.number()))) {
            return now.keys();
        }
        Generation former = now.former();
        return former != null && number.equals(String.valueOf(former.number()))
                ? former.keys()
                : null;
    }

    private static String own(String alias) {
        return alias.substring(alias.indexOf(SEPARATOR) + 1);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        Generation now = current;
        return now.alias(now.keys().chooseEngineServerAlias(keyType, issuers, engine));
    }

    @Override
    public @Nullable String chooseServerAlias(
            String keyType, Principal @Nullable [] issuers, Socket socket) {
        Generation now = current;
        return now.alias(now.keys().chooseServerAlias(keyType, issuers, socket));
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        Generation now = current;
        String[] own = now.keys().getServerAliases(keyType, issuers);
        if (own == null) {
            return null;
        }
        String[] aliases = new String[own.length];
        for (int i = 0; i < own.length; i++) {
            aliases[i] = String.valueOf(now.alias(own[i]));
        }
        return aliases;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        X509ExtendedKeyManager keys = of(alias);
        return keys == null ? null : keys.getCertificateChain(own(alias));
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        X509ExtendedKeyManager keys = of(alias);
        return keys == null ? null : keys.getPrivateKey(own(alias));
    }

    /** Of a client, which this is not. */
    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
        return null;
    }

    /** Of a client, which this is not. */
    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }
}
