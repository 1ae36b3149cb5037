package dev.treadle.launcher;

import dev.treadle.launcher.provision.Jndi;
import dev.treadle.launcher.provision.Provisions;
import dev.treadle.launcher.provision.Users;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

/** The options that say what a web application is given besides its container. */
final class ProvisionOptions {
    @Option(
            names = "--users",
            order = 2,
            paramLabel = "FILE",
            description =
                    "Users who can log in, in lines NAME: PASSWORD, ROLE, ROLE. Without it nobody can.")
    private @Nullable String users;

    @Option(
            names = "--jndi",
            order = 2,
            paramLabel = "FILE",
            description =
                    "Entries below java:comp/env, in lines NAME = TYPE VALUE, and data sources with"
                            + " their pools.")
    private @Nullable String jndi;

    @Option(
            names = "--parent-first",
            order = 2,
            description = "Take a class of the container before one of the same name in the WAR.")
    private boolean parentFirst;

    @Option(
            names = "--migrate",
            order = 2,
            description =
                    "Convert a WAR that is made for javax.servlet, which is jakarta.servlet since"
                            + " Servlet 5.0.")
    private boolean migrate;

    ProvisionOptions() {}

    /**
     * Reads the files.
     *
     * @throws dev.treadle.settings.InvalidSettingException if one cannot be read, or a line is
     *     wrong
     */
    Provisions read() {
        return new Provisions(
                users == null ? Users.none() : Users.read(users),
                jndi == null ? Jndi.none() : Jndi.read(jndi, new PoolLibrary()),
                parentFirst,
                migrate);
    }
}
