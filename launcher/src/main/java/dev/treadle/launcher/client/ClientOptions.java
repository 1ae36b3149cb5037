package dev.treadle.launcher.client;

import dev.treadle.launcher.provision.SecretFile;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of each command that asks a server. */
public final class ClientOptions {
    @Parameters(
            index = "0",
            paramLabel = "ADDRESS",
            description =
                    "That of --stats, such as :9191 or host:9191, or the URL of an actuator, such as"
                            + " http://host:8080/actuator.")
    private String address = "";

    @Option(
            names = "--token",
            paramLabel = "FILE",
            description = "Show the token in this file, which a server wants from other machines.")
    private @Nullable String token;

    /** For picocli. */
    public ClientOptions() {}

    /**
     * Makes a client.
     *
     * @throws dev.treadle.settings.InvalidSettingException if a value cannot be taken
     */
    StatsClient client() {
        return new StatsClient(
                StatsAddress.parse(address),
                token == null ? null : SecretFile.read("--token", token).secret());
    }
}
