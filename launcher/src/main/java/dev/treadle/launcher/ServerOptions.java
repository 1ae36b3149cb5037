package dev.treadle.launcher;

import dev.treadle.launcher.host.ContainerKind;
import dev.treadle.launcher.host.HttpAddress;
import dev.treadle.launcher.host.Listener;
import dev.treadle.launcher.host.TlsIdentity;
import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.Setting;
import dev.treadle.settings.SettingsSource;
import dev.treadle.settings.WorkerSettings;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The options of every command that is a server. Their values stay text here: {@link
 * WorkerSettings} reads and checks them, the same way wherever they come from.
 */
public final class ServerOptions {
    private static final String DEFAULT_HTTP = ":8080";
    private static final String DEFAULT_GEVENT = "1000";
    private static final String EXPECTED_CONFIG =
            "a file that can be read, in UTF-8, with lines such as treadle.gevent=1000";

    private final Map<String, String> flags = new TreeMap<>();

    @Option(
            names = "--http",
            order = 3,
            paramLabel = "[HOST]:PORT",
            description =
                    "Listen there; :0 takes a free port. Default: "
                            + DEFAULT_HTTP
                            + ", on all addresses, unless --https is given.")
    private @Nullable String http;

    @Option(
            names = "--h2c",
            order = 4,
            description = "Speak HTTP/2 without TLS as well on the port of --http.")
    private boolean h2c;

    @Option(
            names = "--https",
            order = 5,
            paramLabel = "[HOST]:PORT,CERT,KEY",
            description =
                    "Listen there with TLS: HTTP/2 by ALPN, or HTTP/1.1. Two PEM files: the chain, the"
                            + " server's certificate first, and its key in PKCS#8 without a password.")
    private @Nullable String https;

    @Option(
            names = "--container",
            order = 6,
            paramLabel = "NAME",
            defaultValue = "tomcat",
            description = "tomcat or jetty (undertow serves the demo). Default: ${DEFAULT-VALUE}.")
    private String container = "tomcat";

    @Option(
            names = "--config",
            order = 7,
            paramLabel = "FILE",
            description =
                    "Settings as properties, such as treadle.gevent=1000; SIGHUP reads them again.")
    private @Nullable String config;

    @Option(
            names = "--stats",
            order = 8,
            paramLabel = "[HOST]:PORT",
            description =
                    "Tell there what the workers do (/) and whether to send requests (/-/ready). Without"
                            + " HOST: on the loopback interface only.")
    private @Nullable String stats;

    @Option(
            names = "--verbose",
            order = 90,
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
            order = 12,
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
            order = 14,
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
            order = 16,
            paramLabel = "K",
            description = "Hubs that carry the greenlets. Default: one per core.")
    void setHubs(String value) {
        put(Setting.HUBS, value);
    }

    @Option(
            names = "--hub-loop",
            order = 18,
            paramLabel = "on|off",
            description = "Let the container's event loops carry the hubs. Default: on.")
    void setHubLoop(String value) {
        put(Setting.HUB_LOOP, value);
    }

    @Option(
            names = "--listen",
            order = 20,
            paramLabel = "N",
            description = "Accept backlog of the socket. Default: max(1024, N).")
    void setListen(String value) {
        put(Setting.LISTEN, value);
    }

    @Option(
            names = "--queue",
            order = 22,
            paramLabel = "N",
            description = "Requests that may wait in line. Default: N of the model.")
    void setQueue(String value) {
        put(Setting.QUEUE, value);
    }

    @Option(
            names = "--queue-timeout",
            order = 24,
            paramLabel = "D",
            description = "Longest wait in line before 503. Default: 10s.")
    void setQueueTimeout(String value) {
        put(Setting.QUEUE_TIMEOUT, value);
    }

    @Option(
            names = "--queue-order",
            order = 26,
            paramLabel = "fifo|adaptive-lifo",
            description = "Order of the line: first in, or last in under overload. Default: fifo.")
    void setQueueOrder(String value) {
        put(Setting.QUEUE_ORDER, value);
    }

    @Option(
            names = "--refuse-status",
            order = 28,
            paramLabel = "N",
            description = "Status of a request refused because of load. Default: 503.")
    void setRefuseStatus(String value) {
        put(Setting.REFUSE_STATUS, value);
    }

    @Option(
            names = "--retry-after",
            order = 30,
            paramLabel = "D",
            description = "Time a refused client is told to wait. Default: 1s.")
    void setRetryAfter(String value) {
        put(Setting.RETRY_AFTER, value);
    }

    @Option(
            names = "--priority-path",
            order = 32,
            paramLabel = "PATH",
            description = "Passes a full gate, such as /healthz or /probes/*; may be repeated.")
    void setPriorityPath(@Nullable List<String> values) {
        putAll(Setting.PRIORITY_PATH, values);
    }

    @Option(
            names = "--ready-path",
            order = 34,
            paramLabel = "PATH",
            description =
                    "Answered in front of the application: 200, and 503 from the first moment of a stop.")
    void setReadyPath(String value) {
        put(Setting.READY_PATH, value);
    }

    @Option(
            names = "--limit",
            order = 36,
            paramLabel = "PATH=N[:QUEUE[:D]]",
            description =
                    "Requests for PATH at a time, and how many may wait for it how long; may be repeated.")
    void setLimit(@Nullable List<String> values) {
        putAll(Setting.LIMIT, values);
    }

    @Option(
            names = "--streams",
            order = 38,
            paramLabel = "N",
            description =
                    "Event streams open at a time, besides the N; 0: in the N. Default: 10 x N.")
    void setStreams(String value) {
        put(Setting.STREAMS, value);
    }

    @Option(
            names = "--harakiri",
            order = 40,
            paramLabel = "D|off",
            description = "Longest a request may run. Default: off.")
    void setHarakiri(String value) {
        put(Setting.HARAKIRI, value);
    }

    @Option(
            names = "--harakiri-queue-threshold",
            order = 42,
            paramLabel = "N",
            description = "Harakiri only while more than N wait in line. Default: 0, always.")
    void setHarakiriQueueThreshold(String value) {
        put(Setting.HARAKIRI_QUEUE_THRESHOLD, value);
    }

    @Option(
            names = "--max-blocking-time",
            order = 50,
            paramLabel = "D",
            description =
                    "Report a slice that is longer, with its request and stack. Default: 100ms.")
    void setMaxBlockingTime(String value) {
        put(Setting.MAX_BLOCKING_TIME, value);
    }

    @Option(
            names = "--retake",
            order = 52,
            paramLabel = "D|off",
            description = "Give a hub that is held for longer to a spare carrier. Default: 5ms.")
    void setRetake(String value) {
        put(Setting.RETAKE, value);
    }

    @Option(
            names = "--drain",
            order = 54,
            paramLabel = "D",
            description = "Grace for running requests at stop. Default: 25s less --drain-delay.")
    void setDrain(String value) {
        put(Setting.DRAIN, value);
    }

    @Option(
            names = "--drain-delay",
            order = 56,
            paramLabel = "D",
            description = "How long a stop still takes requests, for load balancers. Default: 0s.")
    void setDrainDelay(String value) {
        put(Setting.DRAIN_DELAY, value);
    }

    @Option(
            names = "--reuse-port",
            order = 58,
            paramLabel = "on|off",
            arity = "0..1",
            fallbackValue = "on",
            description = "Let another process listen on the same port, for a rolling restart.")
    void setReusePort(String value) {
        put(Setting.REUSE_PORT, value);
    }

    private void put(Setting setting, @Nullable String value) {
        // picocli first sets each option to its absent default
        if (value != null) {
            flags.put(setting.word(), value);
        }
    }

    private void putAll(Setting setting, @Nullable List<String> values) {
        if (values != null && !values.isEmpty()) {
            flags.put(setting.word(), String.join(",", values));
        }
    }

    boolean verbose() {
        return verbose;
    }

    /** Returns where to tell what the workers do; null: nowhere. */
    @Nullable HttpAddress stats() {
        return stats == null ? null : HttpAddress.parse("--stats", stats).orLoopback();
    }

    /** Returns the file of settings that may be read again; null: none. */
    @Nullable Path config() {
        return config == null ? null : configFile(config);
    }

    private static Path configFile(String text) {
        try {
            Path file = Path.of(text).toAbsolutePath().normalize();
            if (Files.isRegularFile(file) && Files.isReadable(file)) {
                return file;
            }
        } catch (InvalidPathException noPath) {
            throw new InvalidSettingException("--config", text, EXPECTED_CONFIG);
        }
        throw new InvalidSettingException("--config", text, EXPECTED_CONFIG);
    }

    /**
     * Returns the addresses to listen on: those of the options, or the default.
     *
     * @throws InvalidSettingException if an address, a certificate or a key cannot be taken
     */
    List<Listener> listeners() {
        List<Listener> listeners = new ArrayList<>();
        String plain = http == null && https == null ? DEFAULT_HTTP : http;
        if (plain != null) {
            listeners.add(new Listener.Plain(HttpAddress.parse("--http", plain), h2c));
        } else if (h2c) {
            throw new InvalidSettingException(
                    "--h2c",
                    "with --https alone",
                    "a port without TLS to speak it on; add --http [HOST]:PORT. With TLS HTTP/2 needs no"
                            + " option");
        }
        if (https != null) {
            listeners.add(tls(https));
        }
        return listeners;
    }

    private static Listener tls(String text) {
        String[] parts = text.split(",", -1);
        if (parts.length != 3 || parts[1].isBlank() || parts[2].isBlank()) {
            throw new InvalidSettingException(
                    "--https",
                    text,
                    "[HOST]:PORT,CERT,KEY with two PEM files, such as :8443,cert.pem,key.pem");
        }
        HttpAddress address = HttpAddress.parse("--https", parts[0]);
        return new Listener.Tls(address, TlsIdentity.read("--https", parts[1], parts[2]));
    }

    ContainerKind container() {
        return ContainerKind.of(container);
    }

    /**
     * Layers the launcher's default, the file of {@code --config}, which is read anew each time,
     * the environment, the system properties and these options.
     *
     * @throws InvalidSettingException if a value cannot be taken, or the file cannot be read
     */
    WorkerSettings settings() {
        List<SettingsSource> rising = new ArrayList<>();
        rising.add(
                SettingsSource.properties(
                        "launcher default", Map.of(Setting.GEVENT.property(), DEFAULT_GEVENT)));
        Path file = config();
        if (file != null) {
            rising.add(read(file));
        }
        rising.add(SettingsSource.environment(System.getenv()));
        rising.add(SettingsSource.systemProperties(System.getProperties()));
        rising.add(SettingsSource.flags(flags));
        return WorkerSettings.resolve(rising);
    }

    private static SettingsSource read(Path file) {
        try {
            return SettingsSource.propertyFile(file);
        } catch (IOException | IllegalArgumentException unreadable) {
            if (unreadable instanceof InvalidSettingException invalid) {
                throw invalid;
            }
            throw new InvalidSettingException(
                    "--config", file + " (" + unreadable + ")", EXPECTED_CONFIG);
        }
    }
}
