package dev.treadle.launcher.provision;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A hash of a password, PBKDF2 with HMAC-SHA256: {@code pbkdf2:ITERATIONS:SALT:HASH} with Base64,
 * with 1,000 to 10,000,000 iterations, a salt of 8 bytes or more and a hash of 32. Immutable.
 */
final class Pbkdf2 {
    static final String SCHEME = "pbkdf2";

    /** The number that OWASP's cheat sheet on password storage names for this hash. */
    static final int USUAL_ITERATIONS = 600_000;

    private static final int LEAST_ITERATIONS = 1_000;
    private static final int MOST_ITERATIONS = 10_000_000;
    private static final int LEAST_SALT = 8;
    private static final int HASH_BYTES = 32;

    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * Hashes in a few threads of its own. A hash takes a tenth of a second of a core, or more:
     * neither may it hold a hub for so long, nor may clients who guess passwords take all cores.
     */
    private static final ThreadPoolExecutor HASHING = hashing();

    private static ThreadPoolExecutor hashing() {
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(
                        threads,
                        threads,
                        10,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        task -> {
                            Thread thread = new Thread(task, "treadle-passwords");
                            thread.setDaemon(true);
                            // else it would keep the class loader of the application that logs in
                            thread.setContextClassLoader(null);
                            return thread;
                        });
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    private final int iterations;
    private final byte[] salt;
    private final byte[] hash;

    private Pbkdf2(int iterations, byte[] salt, byte[] hash) {
        this.iterations = iterations;
        this.salt = salt;
        this.hash = hash;
    }

    int iterations() {
        return iterations;
    }

    /** Hashes a password with a new salt. */
    static Pbkdf2 of(String password, int iterations) {
        byte[] salt = random(16);
        return new Pbkdf2(iterations, salt, derive(password, salt, iterations));
    }

    /** Returns a hash that no password is known for. */
    static Pbkdf2 ofNothing(int iterations) {
        return new Pbkdf2(iterations, random(16), random(HASH_BYTES));
    }

    /**
     * Parses {@code ITERATIONS:SALT:HASH}.
     *
     * @return nothing if it is not of that shape, or a number is out of its range
     */
    static Optional<Pbkdf2> parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 3 || !parts[0].matches("\\d{1,8}")) {
            return Optional.empty();
        }
        int iterations = Integer.parseInt(parts[0]);
        try {
            byte[] salt = Base64.getDecoder().decode(parts[1]);
            byte[] hash = Base64.getDecoder().decode(parts[2]);
            boolean good =
                    iterations >= LEAST_ITERATIONS
                            && iterations <= MOST_ITERATIONS
                            && salt.length >= LEAST_SALT
                            && hash.length == HASH_BYTES;
            return good ? Optional.of(new Pbkdf2(iterations, salt, hash)) : Optional.empty();
        } catch (IllegalArgumentException noBase64) {
            return Optional.empty();
        }
    }

    /** Says whether this is the password; it takes a while. An interrupted thread gets no. */
    boolean matches(String password) {
        Future<byte[]> derived = HASHING.submit(() -> derive(password, salt, iterations));
        try {
            return MessageDigest.isEqual(hash, derived.get());
        } catch (InterruptedException interrupted) {
            derived.cancel(false);
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException broken) {
            throw new IllegalStateException("a password cannot be hashed", broken.getCause());
        }
    }

    private static byte[] derive(String password, byte[] salt, int iterations) {
        PBEKeySpec spec =
                new PBEKeySpec(password.toCharArray(), salt, iterations, HASH_BYTES * Byte.SIZE);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has PBKDF2WithHmacSHA256", impossible);
        } finally {
            spec.clearPassword();
        }
    }

    static byte[] random(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return random;
    }

    static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has HmacSHA256", impossible);
        }
    }

    /** Returns the text for the file of users. */
    String line() {
        Base64.Encoder base64 = Base64.getEncoder();
        return SCHEME
                + ":"
                + iterations
                + ":"
                + base64.encodeToString(salt)
                + ":"
                + base64.encodeToString(hash);
    }
}
