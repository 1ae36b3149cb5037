package dev.treadle.launcher.client;

import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.Setting;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
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
        System.out.println(TerminalText.line(apply(options.client(), wanted)));
        return 0;
    }

    /**
     * Switches.
     *
     * @return what the server says
     * @throws InvalidSettingException if that is no model with an N
     */
    static String apply(StatsClient client, String wanted) throws InterruptedException {
        String[] parts = wanted.split("=", -1);
        if (parts.length != 2
                || Setting.of(parts[0]).filter(Setting::isModel).isEmpty()
                || !parts[1].matches("\\d{1,8}")) {
            throw new InvalidSettingException(
                    "MODEL=N", wanted, "one of threads=N, virtual=N and gevent=N");
        }
        StatsAddress address = client.address();
        if (address.actuator()) {
            client.change(
                    address.numbers(),
                    "{\"model\":\"" + parts[0] + "\",\"limit\":" + parts[1] + "}");
            return parts[0] + " " + parts[1];
        }
        URI where =
                address.at(
                        "/-/switch?"
                                + parts[0]
                                + "="
                                + URLEncoder.encode(parts[1], StandardCharsets.UTF_8));
        return client.change(where, null);
    }
}
