package dev.treadle.launcher.tomcat;

import dev.treadle.launcher.provision.Users;

import org.apache.catalina.realm.GenericPrincipal;
import org.apache.catalina.realm.RealmBase;
import org.jspecify.annotations.Nullable;

import java.security.Principal;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

/**
 * The users of {@code --users} for Tomcat: logins with a password (BASIC, FORM) or with its digest.
 * Nobody logs in with a certificate.
 */
final class UsersRealm extends RealmBase {
    private final Users users;

    UsersRealm(Users users) {
        this.users = users;
    }

    @Override
    public @Nullable Principal authenticate(
            @Nullable String username, @Nullable String credentials) {
        if (username == null || credentials == null) {
            return null;
        }
        return users.login(username, credentials)
                .map(roles -> principal(username, roles))
                .orElse(null);
    }

    private static Principal principal(String name, Set<String> roles) {
        return new GenericPrincipal(name, List.copyOf(roles));
    }

    /** Tomcat asks for it to make a digest. */
    @Override
    protected @Nullable String getPassword(String username) {
        return users.plainPassword(username).orElse(null);
    }

    /** Tomcat asks for it after the digest was right. */
    @Override
    protected @Nullable Principal getPrincipal(String username) {
        return users.plainPassword(username).isEmpty()
                ? null
                : principal(username, users.roles(username));
    }

    @Override
    protected @Nullable Principal getPrincipal(X509Certificate certificate) {
        return null;
    }
}
