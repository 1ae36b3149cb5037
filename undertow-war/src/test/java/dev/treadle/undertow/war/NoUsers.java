package dev.treadle.undertow.war;

import io.undertow.security.idm.Account;
import io.undertow.security.idm.Credential;
import io.undertow.security.idm.IdentityManager;

import org.jspecify.annotations.Nullable;

/** Knows nobody: an application with a login starts, and its logins fail. */
final class NoUsers implements IdentityManager {
    @Override
    public @Nullable Account verify(Account account) {
        return null;
    }

    @Override
    public @Nullable Account verify(String id, Credential credential) {
        return null;
    }

    @Override
    public @Nullable Account verify(Credential credential) {
        return null;
    }
}
