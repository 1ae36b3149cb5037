package dev.treadle.launcher.client;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.concurrent.Callable;

/** {@code treadle drain ADDRESS}: no more requests are taken. */
@Command(
        name = "drain",
        mixinStandardHelpOptions = true,
        description = {
            "Lets a server that runs take no more requests.",
            "Those inside get the time of the setting drain. The command resume undoes it."
        })
public final class DrainCommand implements Callable<Integer> {
    @Mixin private ClientOptions options = new ClientOptions();

    /** For picocli. */
    public DrainCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        return ResumeCommand.post(options.client(), "/-/drain");
    }
}
