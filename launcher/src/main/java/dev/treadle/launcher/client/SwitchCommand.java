package dev.treadle.launcher.client;

import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.Setting;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.util.concurrent.Callable;

/** {@code treadle switch ADDRESS gevent=500}: another model or N while the server runs. */
@Command(
        name = "switch",
        mixinStandardHelpOptions = true,
        description = "Switches a server that runs to another model or N, with no request lost.")
public final class SwitchCommand implements Callable<Integer> {
    @Mixin private ClientOptions options = new ClientOptions();

    @Parameters(
            index = "1",
            paramLabel = "MODEL=N",
            description = "One of threads=N, virtual=N and gevent=N.")
    private String wanted = "";

    /** For picocli. */
    public SwitchCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        try (Server server = options.server()) {
            System.out.println(TerminalText.line(apply(server, wanted)));
        }
        return 0;
    }

    /**
     * Switches.
     *
     * @return what the server says
     * @throws InvalidSettingException if that is no model with an N
     */
    static String apply(Server server, String wanted) throws InterruptedException {
        String[] parts = wanted.split("=", -1);
        if (parts.length != 2
                || Setting.of(parts[0]).filter(Setting::isModel).isEmpty()
                || !parts[1].matches("\\d{1,8}")) {
            throw new InvalidSettingException(
                    "MODEL=N", wanted, "one of threads=N, virtual=N and gevent=N");
        }
        return server.switchTo(parts[0], Integer.parseInt(parts[1]));
    }
}
