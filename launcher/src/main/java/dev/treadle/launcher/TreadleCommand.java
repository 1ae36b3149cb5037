package dev.treadle.launcher;

import dev.treadle.Treadle;
import dev.treadle.launcher.client.DoctorCommand;
import dev.treadle.launcher.client.DrainCommand;
import dev.treadle.launcher.client.RequestsCommand;
import dev.treadle.launcher.client.ResumeCommand;
import dev.treadle.launcher.client.StacksCommand;
import dev.treadle.launcher.client.SwitchCommand;
import dev.treadle.launcher.client.TopCommand;
import dev.treadle.launcher.demo.DemoCommand;
import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code treadle}: serves a WAR until it is told to stop. */
@Command(
        name = "treadle",
        description = "Serves a WAR, each request on the worker model of one flag.%n",
        synopsisHeading = "",
        customSynopsis = {
            "Usage: treadle [--http [HOST]:PORT] [--https [HOST]:PORT,CERT,KEY]",
            "               [--container tomcat|tomcat10|jetty|jetty-ee10|undertow]",
            "               [--threads N | --virtual [N] | --gevent N] [OPTION]...",
            "               --war [/PATH=]FILE [--war /PATH=FILE]...",
            "       treadle top|requests|stacks|switch ADDRESS|PID",
            "       treadle doctor ADDRESS|PID|WAR",
            "       treadle drain|resume ADDRESS",
            "       treadle demo [OPTION]...",
            "       treadle hash-password",
            ""
        },
        sortOptions = false,
        mixinStandardHelpOptions = true,
        versionProvider = TreadleCommand.Version.class,
        subcommands = {
            TopCommand.class,
            RequestsCommand.class,
            StacksCommand.class,
            DoctorCommand.class,
            SwitchCommand.class,
            DrainCommand.class,
            ResumeCommand.class,
            DemoCommand.class,
            DemoServerCommand.class,
            HashPasswordCommand.class
        },
        footer = {
            "",
            "Durations: 10 (seconds), 10s, 500ms, 2m. A setting can also come from the",
            "environment (TREADLE_GEVENT=1000) or a system property (treadle.gevent=1000);",
            "a flag wins.",
            "SIGTERM and SIGINT take no more requests, let those inside finish, and end with 0.",
            "Exit codes: 0 all well, 1 a failed start or run, 2 a mistake in the call."
        })
public final class TreadleCommand implements Callable<Integer> {
    @Option(
            names = "--war",
            order = 1,
            paramLabel = "[/PATH=]FILE",
            split = ",",
            description =
                    "The web application to serve: a WAR file, or a directory with what is in one. May be"
                            + " repeated, each with a path of its own, as in --war /a=one.war.")
    private List<String> wars = new ArrayList<>();

    @Option(
            names = "--context",
            order = 2,
            paramLabel = "/PATH",
            description = "The context path of one application without a path. Default: /.")
    private @Nullable String context;

    @Option(
            names = "--touch-reload",
            order = 2,
            paramLabel = "FILE",
            description =
                    "Reload the applications, with no request lost, when the modification time of this"
                            + " file changes, and at SIGHUP.")
    private @Nullable String touchReload;

    @Option(
            names = "--class-cache",
            order = 89,
            paramLabel = "DIR",
            description =
                    "Keep there what the JVM has made of the classes when the server ends, and start"
                            + " faster the next time. An option of the script treadle.")
    private @Nullable String classCache;

    @Mixin private ProvisionOptions provisions = new ProvisionOptions();

    @Mixin private ServerOptions options = new ServerOptions();

    /** For picocli. */
    public TreadleCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        if (classCache != null) {
            throw new InvalidSettingException(
                    "--class-cache",
                    classCache,
                    "the script treadle before Java, which makes options of the JVM of it; with java -jar"
                            + " name them: -XX:+AutoCreateSharedArchive -XX:SharedArchiveFile=FILE");
        }
        ServerRun.untilStopped(
                options, provisions::read, () -> WarFile.check(wars, context), touchReload);
        return 0;
    }

    /** Says the version. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"Treadle " + Treadle.version()};
        }
    }
}
