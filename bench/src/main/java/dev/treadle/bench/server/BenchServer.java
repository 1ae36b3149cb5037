package dev.treadle.bench.server;

import dev.treadle.Workers;
import dev.treadle.bench.app.Host;
import dev.treadle.bench.app.HostSetup;
import dev.treadle.bench.app.Runner;
import dev.treadle.bench.app.Work;
import dev.treadle.bench.helidon.HelidonHost;
import dev.treadle.bench.jetty.JettyHost;
import dev.treadle.bench.tomcat.TomcatHost;
import dev.treadle.bench.undertow.UndertowHost;
import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.Setting;
import dev.treadle.settings.SettingsSource;
import dev.treadle.settings.WorkerSettings;

import org.jspecify.annotations.Nullable;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One server of a benchmark, in a JVM of its own: {@code BenchServer CONTAINER RUNNER N
 * [SETTING=VALUE ...]}. It prints {@code READY port pid}, takes the orders {@code gc} and {@code
 * sleeping} on its standard input, and ends when that is closed, so it cannot outlive who started
 * it.
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

    private static void run(List<String> arguments) throws Exception {
        if (arguments.size() < 3) {
            throw new InvalidSettingException(
                    "arguments",
                    String.join(" ", arguments),
                    "container, runner, N and settings such as retake=off");
        }
        Runner runner =
                Runner.of(arguments.get(1))
                        .orElseThrow(() ->
                                new InvalidSettingException(
                                        "runner",
                                        arguments.get(1),
                                        "one of gevent, threads, virtual, pool, own-virtual,"
                                                + " own-virtual-default, own-virtual-pool"));
        int n = count(arguments.get(2));
        Map<String, String> settings = settings(arguments.subList(3, arguments.size()));
        boolean gate = !"off".equals(settings.remove(HostSetup.GATE));
        Host host = host(arguments.get(0));
        Workers workers = workers(runner, n, settings);
        int port = host.start(new HostSetup(runner, n, workers, gate));
        System.out.println("READY " + port + " " + ProcessHandle.current().pid());
        obey();
        host.stop();
        if (workers != null) {
            workers.close();
        }
    }

    // each container is alone on the class path: only the class of the one that is asked for is
    // loaded
    private static Host host(String container) {
        return switch (container) {
            case "tomcat" -> new TomcatHost();
            case "jetty" -> new JettyHost();
            case "undertow" -> new UndertowHost();
            case "helidon" -> new HelidonHost();
            default ->
                    throw new InvalidSettingException(
                            "container", container, "one of tomcat, jetty, undertow, helidon");
        };
    }

    private static int count(String text) {
        if (!text.matches("[1-9][0-9]{0,6}")) {
            throw new InvalidSettingException("N", text, "a whole number from 1 to 9,999,999");
        }
        return Integer.parseInt(text);
    }

    private static Map<String, String> settings(List<String> pairs) {
        Map<String, String> settings = new HashMap<>();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new InvalidSettingException("setting", pair, "NAME=VALUE");
            }
            settings.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return settings;
    }

    private static @Nullable Workers workers(Runner runner, int n, Map<String, String> settings) {
        if (!runner.isTreadle()) {
            if (!settings.isEmpty()) {
                throw new InvalidSettingException(
                        "settings",
                        settings.toString(),
                        "none with " + runner.word() + ", which is not Treadle");
            }
            return null;
        }
        Map<String, String> flags = new HashMap<>(settings);
        flags.put(runner.word(), String.valueOf(n));
        flags.putIfAbsent(Setting.LISTEN.word(), String.valueOf(HostSetup.BACKLOG));
        return Workers.open(WorkerSettings.resolve(List.of(SettingsSource.flags(flags))));
    }

    private static void obey() throws IOException {
        BufferedReader orders =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            System.out.println("DONE " + obey(order));
        }
    }

    private static String obey(String order) {
        return switch (order) {
            case "gc" -> {
                // the second one frees what the first has only found, by its reference handling
                System.gc();
                System.gc();
                Runtime runtime = Runtime.getRuntime();
                yield String.valueOf(runtime.totalMemory() - runtime.freeMemory());
            }
            case "sleeping" -> String.valueOf(Work.sleeping());
            default -> "unknown order: " + order;
        };
    }
}
