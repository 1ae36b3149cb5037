package dev.treadle.bench.server;

import dev.treadle.Workers;
import dev.treadle.launcher.host.HttpAddress;
import dev.treadle.launcher.stats.StatsPlan;
import dev.treadle.launcher.stats.StatsServer;
import dev.treadle.settings.SettingsSource;
import dev.treadle.settings.WorkerSettings;

import org.jspecify.annotations.Nullable;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * One server of a benchmark, in a JVM of its own: {@code BenchServer CONTAINER RUNNER N
 * [SETTING=VALUE ...]}. It prints {@code READY port pid}, takes the orders {@code gc}, {@code
 * sleeping} and {@code stats} on its standard input, and ends when that is closed, so it cannot
 * outlive who started it.
 */
public final class BenchServer {
    private BenchServer() {}

    /**
     * Runs the server until standard input ends. Exit code 2: bad arguments.
     *
     * @param arguments container, runner, N, settings
     */
    public static void main(String[] arguments) {
        try {
            run(List.of(arguments));
            System.exit(0);
        } catch (IllegalArgumentException bad) {
            System.err.println("bench server: " + bad.getMessage());
            System.exit(2);
        } catch (Exception failed) {
            failed.printStackTrace();
            System.exit(1);
        }
    }

    /** Its arguments were checked by its starter. */
    private static void run(List<String> arguments) throws Exception {
        Runner runner = Runner.valueOf(arguments.get(1));
        int n = Integer.parseInt(arguments.get(2));
        Map<String, String> settings = new HashMap<>();
        for (String pair : arguments.subList(3, arguments.size())) {
            String[] parts = pair.split("=", 2);
            settings.put(parts[0], parts[1]);
        }
        boolean gate = !"off".equals(settings.remove(HostSetup.GATE));
        Host host = host(arguments.get(0));
        Workers workers = runner.isTreadle() ? workers(runner, n, settings) : null;
        int port = host.start(new HostSetup(runner, n, workers, gate));
        System.out.println("READY " + port + " " + ProcessHandle.current().pid());
        obey(workers);
        host.stop();
        if (workers != null) {
            workers.close();
        }
    }

    // each server is alone on the class path: only the class of the one that is asked for is
    // loaded
    private static Host host(String container) {
        return switch (container) {
            case "tomcat" -> new TomcatHost();
            case "jetty" -> new JettyHost();
            case "undertow" -> new UndertowHost();
            case "helidon" -> new HelidonHost();
            default ->
                    ServiceLoader.load(Host.class)
                            .findFirst()
                            .orElseThrow(() ->
                                    new IllegalArgumentException(
                                            "container: "
                                                    + container
                                                    + " (expected: a server on the class path)"));
        };
    }

    private static Workers workers(Runner runner, int n, Map<String, String> settings) {
        Map<String, String> flags = new HashMap<>(settings);
        flags.put(runner.word(), String.valueOf(n));
        return Workers.open(WorkerSettings.resolve(List.of(SettingsSource.flags(flags))));
    }

    private static void obey(@Nullable Workers workers) throws IOException {
        BufferedReader orders =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            System.out.println("DONE " + obey(order, workers));
        }
    }

    private static String obey(String order, @Nullable Workers workers) {
        return switch (order) {
            case "gc" -> {
                // the second one frees what the first has only found, by its reference handling
                System.gc();
                System.gc();
                Runtime runtime = Runtime.getRuntime();
                yield String.valueOf(runtime.totalMemory() - runtime.freeMemory());
            }
            case "sleeping" -> String.valueOf(Work.sleeping());
            case "stats" -> stats(workers);
            default -> "unknown order: " + order;
        };
    }

    /** Returns the port of a stats server that is started now, and ends with this process. */
    private static String stats(@Nullable Workers workers) {
        if (workers == null) {
            return "no workers of Treadle";
        }
        HttpAddress any = HttpAddress.parse("stats", HostSetup.ADDRESS + ":0");
        StatsServer server = StatsServer.start(StatsPlan.of(any, null, false));
        server.tellOf(workers);
        return String.valueOf(URI.create(server.url()).getPort());
    }
}
