package dev.treadle.launcher.client;

import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * {@code treadle doctor ADDRESS|PID|WAR}: the faults of an application, with evidence and advice.
 */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Looks at a server for a minute, and tells the faults that slow it.",
            "Of a WAR it tells what in its classes and jars will, without a start of it.",
            "Each has its evidence and advice. Ends with 0, also if it has found something."
        })
public final class DoctorCommand implements Callable<Integer> {
    private static final Duration BETWEEN = Duration.ofSeconds(1);
    private static final int DEFAULT_SECONDS = 60;
    private static final int LONGEST = 3_600;
    private static final int DEFAULT_REQUESTS = 100;
    private static final int MOST_REQUESTS = 1_000_000;
    private static final int OLDEST = 21;
    private static final int NEWEST = 99;

    @Parameters(
            index = "0",
            paramLabel = "ADDRESS|PID|WAR",
            description =
                    "That of --stats, such as :9191 or host:9191, the URL of an actuator, such as"
                            + " http://host:8080/actuator, the id of a process of this user, or the path"
                            + " of a WAR file, of its directory or of an executable jar.")
    private String target = "";

    @Mixin private AskOptions ask = new AskOptions();

    @Option(
            names = "--for",
            paramLabel = "SECONDS",
            description = "How long to look at a server, in seconds. Default: 60.")
    private @Nullable String seconds;

    @Option(
            names = "--requests",
            paramLabel = "N",
            description = "Of a WAR: how many requests are to run at a time. Default: 100.")
    private @Nullable String requests;

    @Option(
            names = "--jdk",
            paramLabel = "VERSION",
            description =
                    "Of a WAR: the JDK it is to run on, such as 21. Default: the one of this command.")
    private @Nullable String jdk;

    /** For picocli. */
    public DoctorCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        if (isFile(target)) {
            refuse("--for", seconds, "a server; a WAR is not started");
            look(
                    WarLook.at(
                            target,
                            number("--requests", requests, DEFAULT_REQUESTS, 1, MOST_REQUESTS),
                            number("--jdk", jdk, Runtime.version().feature(), OLDEST, NEWEST)));
            return 0;
        }
        refuse("--requests", requests, "a WAR; a server has its own N");
        refuse("--jdk", jdk, "a WAR; a server runs on a JDK");
        int count = number("--for", seconds, DEFAULT_SECONDS, 2, LONGEST);
        List<Looks> all = looks(ask.servers(target), count);
        for (Looks looks : all) {
            print(all.size() == 1 ? "" : looks.server().name() + ": ", looks);
            looks.server().close();
        }
        return 0;
    }

    /** Looks at each server, once a second. */
    private static List<Looks> looks(List<Server> servers, int count) throws InterruptedException {
        List<Looks> all = new ArrayList<>();
        for (Server server : servers) {
            all.add(new Looks(server));
        }
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                Thread.sleep(BETWEEN);
            }
            for (Looks looks : all) {
                looks.look();
            }
        }
        for (Looks looks : all) {
            looks.end();
        }
        return all;
    }

    private static void print(String server, Looks looks) {
        List<Finding> findings = DoctorRules.findings(looks);
        findings.forEach(finding -> System.out.println(server + finding.text()));
        System.out.println(
                server
                        + (findings.isEmpty()
                                ? "no fault seen in "
                                : "faults: " + findings.size() + ", in ")
                        + looks.count()
                        + " looks");
    }

    /** Whether that is a WAR, and neither an address nor the id of a process. */
    private static boolean isFile(String target) {
        if (AskOptions.isPid(target) || target.contains("://")) {
            return false;
        }
        try {
            return target.endsWith(".war")
                    || target.endsWith(".jar")
                    || target.contains(File.separator)
                    || Files.exists(Path.of(target));
        } catch (InvalidPathException noPath) {
            return false;
        }
    }

    private static void look(WarLook look) {
        look.faults().forEach(finding -> System.out.println(finding.text()));
        look.hints().forEach(finding -> System.out.println("hint: " + finding.text()));
        System.out.println(
                (look.faults().isEmpty()
                                ? "no fault found in "
                                : "faults: " + look.faults().size() + ", in ")
                        + look.extent());
    }

    private static void refuse(String option, @Nullable String value, String expected) {
        if (value != null) {
            throw new InvalidSettingException(option, value, expected);
        }
    }

    private static int number(
            String option, @Nullable String value, int otherwise, int least, int most) {
        if (value == null) {
            return otherwise;
        }
        if (!value.matches("\\d{1,7}")
                || Integer.parseInt(value) < least
                || Integer.parseInt(value) > most) {
            throw new InvalidSettingException(
                    option, value, "a whole number from " + least + " to " + most);
        }
        return Integer.parseInt(value);
    }
}
