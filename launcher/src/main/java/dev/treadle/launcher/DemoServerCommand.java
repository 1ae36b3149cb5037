package dev.treadle.launcher;

import dev.treadle.launcher.host.Content;
import dev.treadle.launcher.host.SleepTime;
import dev.treadle.launcher.provision.Provisions;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.concurrent.Callable;

/**
 * {@code treadle demo-server}: one server of the demo, in a process of its own. Started by the
 * demo, so not in the help.
 */
@Command(name = "demo-server", hidden = true, description = "Serves the demo's sleeping servlet.")
public final class DemoServerCommand implements Callable<Integer> {
    @Option(
            names = "--sleep",
            paramLabel = "D",
            defaultValue = "1s",
            description = "How long each request takes.")
    private String sleep = "1s";

    @Mixin private ServerOptions options = new ServerOptions();

    /** For picocli. */
    public DemoServerCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        ServerRun.untilStopped(
                options, Provisions::none, () -> new Content.Sleep(SleepTime.parse(sleep)), null);
        return 0;
    }
}
