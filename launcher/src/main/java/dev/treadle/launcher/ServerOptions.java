package dev.treadle.launcher;

import dev.treadle.Setting;
import dev.treadle.SettingsSource;
import dev.treadle.WorkerSettings;
import dev.treadle.launcher.host.ContainerKind;
import dev.treadle.launcher.host.HttpAddress;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The options of every command that is a server. Their values stay text here: {@link
 * WorkerSettings} reads and checks them, the same way wherever they come from.
 */
public final class ServerOptions {
    private static final String DEFAULT_GEVENT = "1000";

    private final Map<String, String> flags = new TreeMap<>();

    @Option(
            names = "--http",
            order = 3,
            paramLabel = "[HOST]:PORT",
            defaultValue = ":8080",
            description =
                    "Listen there; :0 takes a free port. Default: ${DEFAULT-VALUE}, on all addresses.")
    private String http = ":8080";

    @Option(
            names = "--container",
            order = 4,
            paramLabel = "NAME",
            defaultValue = "tomcat",
            description = "tomcat or jetty (undertow serves the demo). Default: ${DEFAULT-VALUE}.")
    private String container = "tomcat";

    @Option(
            names = "--verbose",
            order = 22,
            description =
                    "Log more, show every setting with its origin, and stack traces of errors.")
    private boolean verbose;

    /** For picocli. */
    public ServerOptions() {}

    @Option(
            names = "--threads",
            order = 10,
            paramLabel = "N",
            description = "Run requests on N platform threads.")
    void setThreads(String value) {
        put(Setting.THREADS, value);
    }

    @Option(
            names = "--virtual",
            order = 11,
            paramLabel = "N",
            arity = "0..1",
            fallbackValue = "",
            description =
                    "Run each request on a virtual thread of the JDK, N at a time. N alone defaults to 1000.")
    void setVirtual(String value) {
        put(Setting.VIRTUAL, value);
    }

    @Option(
            names = "--gevent",
            order = 12,
            paramLabel = "N",
            description =
                    "Run each request on a greenlet, N at a time. The default model, with N = "
                            + DEFAULT_GEVENT
                            + ".")
    void setGevent(String value) {
        put(Setting.GEVENT, value);
    }

    @Option(
            names = "--hubs",
            order = 13,
            paramLabel = "K",
            description = "Hubs that carry the greenlets. Default: one per core.")
    void setHubs(String value) {
        put(Setting.HUBS, value);
    }

    @Option(
            names = "--hub-loop",
            order = 14,
            paramLabel = "on|off",
            description = "Let the container's event loops carry the hubs. Default: on.")
    void setHubLoop(String value) {
        put(Setting.HUB_LOOP, value);
    }

    @Option(
            names = "--listen",
            order = 15,
            paramLabel = "N",
            description = "Accept backlog of the socket. Default: max(1024, N).")
    void setListen(String value) {
        put(Setting.LISTEN, value);
    }

    @Option(
            names = "--queue",
            order = 16,
            paramLabel = "N",
            description = "Requests that may wait in line. Default: N of the model.")
    void setQueue(String value) {
        put(Setting.QUEUE, value);
    }

    @Option(
            names = "--queue-timeout",
            order = 17,
            paramLabel = "D",
            description = "Longest wait in line before 503. Default: 10s.")
    void setQueueTimeout(String value) {
        put(Setting.QUEUE_TIMEOUT, value);
    }

    @Option(
            names = "--harakiri",
            order = 18,
            paramLabel = "S",
            description = "Longest a request may run, in seconds. Default: off.")
    void setHarakiri(String value) {
        put(Setting.HARAKIRI, value);
    }

    @Option(
            names = "--max-blocking-time",
            order = 19,
            paramLabel = "D",
            description =
                    "Report a slice that is longer, with its request and stack. Default: 100ms.")
    void setMaxBlockingTime(String value) {
        put(Setting.MAX_BLOCKING_TIME, value);
    }

    @Option(
            names = "--retake",
            order = 20,
            paramLabel = "D|off",
            description = "Give a hub that is held for longer to a spare carrier. Default: 5ms.")
    void setRetake(String value) {
        put(Setting.RETAKE, value);
    }

    @Option(
            names = "--drain",
            order = 21,
            paramLabel = "D",
            description = "Grace for running requests at stop. Default: 30s.")
    void setDrain(String value) {
        put(Setting.DRAIN, value);
    }

    private void put(Setting setting, @Nullable String value) {
        // picocli first sets each option to its absent default
        if (value != null) {
            flags.put(setting.word(), value);
        }
    }

    boolean verbose() {
        return verbose;
    }

    HttpAddress address() {
        return HttpAddress.parse(http);
    }

    ContainerKind container() {
        return ContainerKind.of(container);
    }

    /** Layers the launcher's default, the environment, the system properties and these options. */
    WorkerSettings settings() {
        SettingsSource launcher =
                SettingsSource.properties(
                        "launcher default", Map.of(Setting.GEVENT.property(), DEFAULT_GEVENT));
        return WorkerSettings.resolve(
                List.of(
                        launcher,
                        SettingsSource.environment(System.getenv()),
                        SettingsSource.systemProperties(System.getProperties()),
                        SettingsSource.flags(flags)));
    }
}
