package dev.treadle.launcher.jetty;

import dev.treadle.launcher.provision.Users;

import org.eclipse.jetty.security.AbstractLoginService;
import org.eclipse.jetty.security.RolePrincipal;
import org.eclipse.jetty.security.SecurityHandler;
import org.eclipse.jetty.security.UserPrincipal;
import org.eclipse.jetty.util.security.Credential;
import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * The users of {@code --users} for Jetty, whatever the name of the application's realm: logins with
 * a password (BASIC, FORM) or with its digest.
 */
final class UsersLoginService extends AbstractLoginService {
    private static final String NO_NAME = "Authentication required";

    private final SecurityHandler security;
    private final Users users;

    /**
     * @param security knows the name of the realm when the descriptor has been read
     */
    UsersLoginService(SecurityHandler security, Users users) {
        this.security = security;
        this.users = users;
    }

    /** Returns the realm that a client is shown; without a name the one that Tomcat shows. */
    @Override
    public String getName() {
        String named = security.getRealmName();
        return named == null ? NO_NAME : named;
    }

    /** An unknown user too, so that a login takes as long as one with another wrong password. */
    @Override
    protected UserPrincipal loadUserInfo(String name) {
        return new UserPrincipal(name, new UserCredential(name, users));
    }

    @Override
    protected List<RolePrincipal> loadRoleInfo(UserPrincipal user) {
        return users.roles(user.getName()).stream().map(RolePrincipal::new).toList();
    }

    private static final class UserCredential extends Credential {
        private static final long serialVersionUID = 1L;

        private final String name;

        // sessions are in memory only
        private final transient Users users;

        UserCredential(String name, Users users) {
            this.name = name;
            this.users = users;
        }

        @Override
        public boolean check(@Nullable Object credentials) {
            return switch (credentials) {
                case String password -> users.login(name, password).isPresent();
                case char[] password -> users.login(name, new String(password)).isPresent();
                // a digest: it is compared with that of the password
                case Credential digest ->
                        users.plainPassword(name).map(digest::check).orElse(false);
                case null, default -> false;
            };
        }
    }
}
