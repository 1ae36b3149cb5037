package dev.treadle.bench.suite;

import dev.treadle.bench.app.HostSetup;
import dev.treadle.bench.app.Runner;
import dev.treadle.bench.process.ClientProcess;
import dev.treadle.bench.process.ServerProcess;
import dev.treadle.bench.process.SlowPartyProcess;
import dev.treadle.bench.server.BenchServer;
import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.Setting;
import dev.treadle.settings.SettingsSource;
import dev.treadle.settings.WorkerSettings;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Starts the processes of one benchmark, all of one kind in the same way. */
public final class Workshop implements AutoCloseable {
    private final Benchmark benchmark;
    private final Plan plan;
    private final LoadProcesses load = new LoadProcesses();

    Workshop(Benchmark benchmark, Plan plan) throws IOException {
        this.benchmark = benchmark;
        this.plan = plan;
    }

    /** Returns the options of all servers' JVMs. */
    static List<String> serverOptions(Benchmark benchmark, Plan plan) {
        List<String> options =
                new ArrayList<>(
                        List.of(
                                "-Xmx" + benchmark.heap(),
                                "--add-opens",
                                "java.base/java.lang=ALL-UNNAMED"));
        options.addAll(plan.servers().options());
        return options;
    }

    /** Returns the N that a contender runs with. */
    static int n(Contender contender, Benchmark benchmark) {
        String written = contender.writtenN();
        if (written == null) {
            return benchmark.n(contender);
        }
        if (!written.matches("[1-9][0-9]{0,6}")) {
            throw new InvalidSettingException(
                    contender.name() + ": n", written, "a whole number from 1 to 9,999,999");
        }
        return Integer.parseInt(written);
    }

    /** Returns Treadle's settings for a contender, weakest first: benchmark, user, contender. */
    static Map<String, String> workerSettings(Contender contender, Benchmark benchmark, Plan plan) {
        if (!contender.isTreadle()) {
            return Map.of();
        }
        Map<String, String> settings = new LinkedHashMap<>(benchmark.workerSettings(contender));
        settings.put(Setting.LISTEN.word(), String.valueOf(HostSetup.BACKLOG));
        settings.putAll(plan.workerSettings());
        if (contender.runner() == Runner.GEVENT && plan.hubs() > 0) {
            settings.put(Setting.HUBS.word(), String.valueOf(plan.hubs()));
        }
        settings.putAll(contender.workerSettings());
        return settings;
    }

    /**
     * Finds out before anything is started whether Treadle takes the settings.
     *
     * @throws InvalidSettingException if it does not
     */
    static void requireValid(Contender contender, Benchmark benchmark, Plan plan) {
        int n = n(contender, benchmark);
        if (contender.isTreadle()) {
            Map<String, String> flags =
                    new LinkedHashMap<>(workerSettings(contender, benchmark, plan));
            flags.remove(HostSetup.GATE);
            flags.put(contender.runner().word(), String.valueOf(n));
            try {
                WorkerSettings unused =
                        WorkerSettings.resolve(List.of(SettingsSource.flags(flags)));
            } catch (InvalidSettingException bad) {
                // they are flags of the treadle command, but not of this one
                throw new InvalidSettingException(
                        contender.name() + ": " + bad.setting().replaceFirst("^--", ""),
                        bad.value(),
                        bad.expected().replace("--", ""));
            }
        }
    }

    /** Starts a fresh server. */
    public ServerProcess server(Entry entry) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (!plan.servers().cores().isEmpty()) {
            command.addAll(List.of("taskset", "-c", plan.servers().cores()));
        }
        command.add(plan.servers().java().toString());
        command.addAll(serverOptions(benchmark, plan));
        command.addAll(
                List.of(
                        "-cp",
                        load.classPath()
                                + File.pathSeparator
                                + load.all("lib/" + entry.container()),
                        BenchServer.class.getName(),
                        entry.container(),
                        entry.contender().runner().word(),
                        String.valueOf(n(entry.contender(), benchmark))));
        workerSettings(entry.contender(), benchmark, plan)
                .forEach((name, value) -> command.add(name + "=" + value));
        return new ServerProcess(entry.toString(), command, load.log());
    }

    /** Starts clients. */
    public ClientProcess client() throws IOException, InterruptedException {
        return load.client();
    }

    /** Starts a third party. */
    public SlowPartyProcess slowParty() throws IOException, InterruptedException {
        return load.slowParty();
    }

    @Override
    public void close() throws IOException {
        load.close();
    }
}
