package dev.treadle.launcher;

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
            names = "--parent-first",
            order = 2,
            description = "Take a class of the container before one of the same name in the WAR.")
    private boolean parentFirst;

    ProvisionOptions() {}

    /**
     * Reads the files.
     *
     * @throws dev.treadle.settings.InvalidSettingException if one cannot be read, or a line is
     *     wrong
     */
    Provisions read() {
        return new Provisions(users == null ? Users.none() : Users.read(users), parentFirst);
    }
}
