package dev.treadle.launcher.provision;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/** The password of a user, as it is in the file. */
sealed interface Password {
    /**
     * Says whether this is the password. It takes the same time for each wrong one.
     *
     * @param tried from a client
     */
    boolean matches(String tried);

    /** Returns the password itself, if it is known. */
    default Optional<String> text() {
        return Optional.empty();
    }

    /**
     * A password that is known.
     *
     * @param value the password
     */
    record Plain(String value) implements Password {
        @Override
        public boolean matches(String tried) {
            return MessageDigest.isEqual(Fingerprint.of(value), Fingerprint.of(tried));
        }

        @Override
        public Optional<String> text() {
            return Optional.of(value);
        }

        /** Never the password. */
        @Override
        public String toString() {
            return "Plain";
        }
    }

    /**
     * A password of which a hash is known. The last one that was right is recognised without
     * hashing, for clients send it with each request.
     */
    final class Hashed implements Password {
        private static final byte[] NONE = new byte[0];

        private final Pbkdf2 hash;
        private volatile byte[] lastRight = NONE;

        Hashed(Pbkdf2 hash) {
            this.hash = hash;
        }

        int iterations() {
            return hash.iterations();
        }

        @Override
        public boolean matches(String tried) {
            byte[] fingerprint = Fingerprint.of(tried);
            if (MessageDigest.isEqual(lastRight, fingerprint)) {
                return true;
            }
            boolean right = hash.matches(tried);
            if (right) {
                lastRight = fingerprint;
            }
            return right;
        }
    }

    /** Keyed with a secret of this process, so that it is of no use elsewhere. */
    final class Fingerprint {
        private static final byte[] KEY = Pbkdf2.random(32);

        private Fingerprint() {}

        static byte[] of(String password) {
            return Pbkdf2.hmac(KEY, password.getBytes(StandardCharsets.UTF_8));
        }
    }
}
