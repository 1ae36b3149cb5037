package dev.treadle.launcher.client;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The options of the commands that ask a server. */
public final class ClientOptions {
    @Parameters(
            index = "0",
            paramLabel = "ADDRESS|PID",
            description =
                    "That of --stats, such as :9191 or host:9191, the URL of an actuator, such as"
                            + " http://host:8080/actuator, or the id of a process of this user. The"
                            + " commands drain and resume take an address only.")
    private String target = "";

    @Mixin private AskOptions ask = new AskOptions();

    /** For picocli. */
    public ClientOptions() {}

    /**
     * Makes a client of an address.
     *
     * @throws dev.treadle.settings.InvalidSettingException if a value is not valid
     */
    StatsClient client() {
        return ask.client(target);
    }

    /**
     * Returns the server.
     *
     * @throws dev.treadle.settings.InvalidSettingException if a value is not valid
     */
    Server server() throws InterruptedException {
        return ask.server(target);
    }
}
