package dev.treadle.launcher.client;

import dev.treadle.settings.InvalidSettingException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** {@code treadle doctor ADDRESS}: the faults of an application, with evidence and advice. */
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

    @Mixin private ClientOptions options = new ClientOptions();

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
        StatsClient client = options.client();
        Looks looks = new Looks();
        List<Map<String, Object>> before = Values.list(client.reports(), "reports");
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                Thread.sleep(BETWEEN);
            }
            looks.add(client.numbers(), client.requests(true));
        }
        looks.addReports(before, Values.list(client.reports(), "reports"));
        List<Finding> findings = DoctorRules.findings(looks);
        findings.forEach(finding -> System.out.println(finding.text()));
        System.out.println(
                findings.isEmpty()
                        ? "no fault seen in " + looks.count() + " looks"
                        : "faults: " + findings.size() + ", in " + looks.count() + " looks");
        return 0;
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
