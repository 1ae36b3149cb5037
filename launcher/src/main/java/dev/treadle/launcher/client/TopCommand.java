package dev.treadle.launcher.client;

import dev.treadle.launcher.host.StartFailedException;
import dev.treadle.settings.InvalidSettingException;

import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code treadle top ADDRESS}: a server on a terminal, refreshed each second. */
@Command(
        name = "top",
        mixinStandardHelpOptions = true,
        description = {
            "Shows a server on the terminal, refreshed each second.",
            "Numbers, and groups of equal stacks or requests. Keys: q quit, g groups or requests, s sort,",
            "d write the stacks to a file, m switch model or N, p pause, arrows scroll. Without a",
            "terminal: one look, and the end."
        })
public final class TopCommand implements Callable<Integer> {
    private static final Pattern INTERVAL = Pattern.compile("(\\d{1,5})(ms|s|)");
    private static final long SHORTEST_MILLIS = 200;

    @Mixin private ClientOptions options = new ClientOptions();

    @Option(
            names = "--interval",
            paramLabel = "D",
            defaultValue = "1s",
            description = "The time between two looks, at least 200ms. Default: ${DEFAULT-VALUE}.")
    private String interval = "1s";

    @Option(names = "--once", description = "One look, as text, and the end.")
    private boolean once;

    /** For picocli. */
    public TopCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        Duration between = interval();
        try (Server server = options.server()) {
            show(server, between);
        }
        return 0;
    }

    private void show(Server server, Duration between) throws InterruptedException {
        if (once) {
            look(server).forEach(System.out::println);
            return;
        }
        server.numbers(); // an address without a server ends here, before the screen is taken
        // by the commands stty and tty: a native library would need a flag of the JVM
        try (Terminal terminal =
                TerminalBuilder.builder().system(true).dumb(true).exec(true).build()) {
            if (terminal.getType().startsWith(Terminal.TYPE_DUMB)) {
                look(server).forEach(System.out::println); // a pipe or a file
            } else {
                new TopScreen(terminal, server, between).run();
            }
        } catch (IOException noTerminal) {
            throw new StartFailedException(
                    "top: this terminal cannot be used (expected: one that stty knows, or --once): "
                            + noTerminal.getMessage(),
                    noTerminal);
        }
    }

    private Duration interval() {
        Matcher matcher = INTERVAL.matcher(interval);
        if (matcher.matches()) {
            long amount = Long.parseLong(matcher.group(1));
            Duration found =
                    matcher.group(2).equals("ms")
                            ? Duration.ofMillis(amount)
                            : Duration.ofSeconds(amount);
            if (found.toMillis() >= SHORTEST_MILLIS) {
                return found;
            }
        }
        throw new InvalidSettingException(
                "--interval", interval, "a duration of at least 200ms, such as 1s");
    }

    private static List<String> look(Server server) throws InterruptedException {
        TopFrame frame = new TopFrame(server.name());
        List<String> lines = new ArrayList<>(frame.head(server.numbers(), null, Duration.ZERO));
        lines.add("");
        lines.addAll(frame.groups(server.requests(true)).lines(TopFrame.WIDEST));
        return lines;
    }
}
