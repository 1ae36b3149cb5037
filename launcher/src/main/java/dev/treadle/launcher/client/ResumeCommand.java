package dev.treadle.launcher.client;

import dev.treadle.settings.InvalidSettingException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.concurrent.Callable;

/** {@code treadle resume ADDRESS}: requests are taken again. */
@Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        description = "Lets a server take requests again after the command drain.")
public final class ResumeCommand implements Callable<Integer> {
    @Mixin private ClientOptions options = new ClientOptions();

    /** For picocli. */
    public ResumeCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        return post(options.client(), "/-/resume");
    }

    static int post(StatsClient client, String path) throws InterruptedException {
        if (client.address().actuator()) {
            throw new InvalidSettingException(
                    "ADDRESS",
                    client.address().toString(),
                    "the address of --stats: an actuator has no drain; Spring Boot drains at its stop");
        }
        System.out.println(TerminalText.line(client.change(client.address().at(path), null)));
        return 0;
    }
}
