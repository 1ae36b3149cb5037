package dev.treadle.launcher.client;

import dev.treadle.settings.InvalidSettingException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code treadle doctor ADDRESS|PID}: the faults of an application, with evidence and advice. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Looks at a server for a minute, and tells the faults that slow it.",
            "Each has its evidence and advice. Ends with 0, also if it has found something."
        })
public final class DoctorCommand implements Callable<Integer> {
    private static final Duration BETWEEN = Duration.ofSeconds(1);
    private static final int LONGEST = 3_600;

    @Parameters(
            index = "0",
            paramLabel = "ADDRESS|PID",
            description = {
                "That of --stats, such as :9191 or host:9191, the URL of an actuator, such as",
                "http://host:8080/actuator, or the id of a process of this user."
            })
    private String target = "";

    @Mixin private AskOptions ask = new AskOptions();

    @Option(
            names = "--for",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long to look, in seconds. Default: ${DEFAULT-VALUE}.")
    private String seconds = "60";

    /** For picocli. */
    public DoctorCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        int count = count();
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

    private int count() {
        if (!seconds.matches("\\d{1,4}")
                || Integer.parseInt(seconds) < 2
                || Integer.parseInt(seconds) > LONGEST) {
            throw new InvalidSettingException(
                    "--for", seconds, "a whole number of seconds from 2 to 3600");
        }
        return Integer.parseInt(seconds);
    }
}
