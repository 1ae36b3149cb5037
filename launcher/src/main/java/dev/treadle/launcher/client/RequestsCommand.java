package dev.treadle.launcher.client;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.concurrent.Callable;

/** {@code treadle requests ADDRESS}: what runs and what waits, one request a line. */
@Command(
        name = "requests",
        mixinStandardHelpOptions = true,
        description =
                "Lists the requests of a server that runs, the oldest first: state, hub, client, path and"
                        + " the line of the application.")
public final class RequestsCommand implements Callable<Integer> {
    @Mixin private ClientOptions options = new ClientOptions();

    /** For picocli. */
    public RequestsCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        try (Server server = options.server()) {
            TopFrame frame = new TopFrame(server.name());
            frame.requests(server.requests(false), TopFrame.Sort.AGE)
                    .lines(TopFrame.WIDEST)
                    .forEach(System.out::println);
        }
        return 0;
    }
}
