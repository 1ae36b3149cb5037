package dev.treadle.launcher.undertow;

import dev.treadle.launcher.provision.Users;

import io.undertow.security.idm.Account;
import io.undertow.security.idm.Credential;
import io.undertow.security.idm.DigestCredential;
import io.undertow.security.idm.IdentityManager;
import io.undertow.security.idm.PasswordCredential;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Principal;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/**
 * The users of {@code --users} for Undertow: logins with a password (BASIC, FORM) or with its
 * digest. Nobody logs in with a certificate.
 */
final class UsersIdentityManager implements IdentityManager {
    private final Users users;

    UsersIdentityManager(Users users) {
        this.users = users;
    }

    /** The users do not change while the server runs: an account of a session stays good. */
    @Override
    public Account verify(Account account) {
        return account;
    }

    @Override
    public @Nullable Account verify(String name, Credential credential) {
        Optional<Set<String>> roles =
                switch (credential) {
                    case PasswordCredential password ->
                            users.login(name, new String(password.getPassword()));
                    case DigestCredential digest when isRight(name, digest) ->
                            Optional.of(users.roles(name));
                    default -> Optional.empty();
                };
        return roles.map(found -> new UserAccount(new UserPrincipal(name), found)).orElse(null);
    }

    private boolean isRight(String name, DigestCredential digest) {
        return users.plainPassword(name)
                .map(password -> digest.verifyHA1(hash(digest, name, password)))
                .orElse(false);
    }

    /** The first part of RFC 7616, in hexadecimal digits. */
    private static byte[] hash(DigestCredential digest, String name, String password) {
        try {
            String text = name + ":" + digest.getRealm() + ":" + password;
            byte[] hash =
                    MessageDigest.getInstance(digest.getAlgorithm().getAlgorithm())
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).getBytes(StandardCharsets.US_ASCII);
        } catch (NoSuchAlgorithmException unknown) {
            throw new IllegalStateException(
                    "Undertow offers a digest that this JDK does not have", unknown);
        }
    }

    @Override
    public @Nullable Account verify(Credential credential) {
        return null;
    }

    private record UserPrincipal(String getName) implements Principal {}

    private record UserAccount(Principal getPrincipal, Set<String> getRoles) implements Account {
        private static final long serialVersionUID = 1L;
    }
}
