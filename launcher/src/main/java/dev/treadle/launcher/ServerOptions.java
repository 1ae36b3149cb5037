package dev.treadle.launcher;

import dev.treadle.launcher.host.ContainerKind;
import dev.treadle.launcher.host.HttpAddress;
import dev.treadle.launcher.host.Listener;
import dev.treadle.launcher.host.TlsKeys;
import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.Setting;
import dev.treadle.settings.SettingsSource;
import dev.treadle.settings.WorkerSettings;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The options of every command that is a server. Their values stay text here: {@link
 * WorkerSettings} reads and checks them, the same way wherever they come from.
 */
public final class ServerOptions {
    private static final String DEFAULT_HTTP = ":8080";
    private static final String DEFAULT_GEVENT = "1000";

    /** The order of the options in the help text: the settings stand between two others. */
    private static final int FIRST_SETTING = 10;

    private static final String EXPECTED_WORKDIR =
            "a directory that exists and that this user may write to";

    @Mixin private HttpServerOptions requests = new HttpServerOptions();

    @Mixin private LogOptions logs = new LogOptions();

    @Mixin private StatsOptions stats = new StatsOptions();

    private @Nullable CommandSpec command;
    private @Nullable ConfigFile first;

    private final Map<Setting, OptionSpec> settings = new EnumMap<>(Setting.class);

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
            description =
                    "tomcat, which is tomcat11, or tomcat10; jetty, which is jetty-ee11, or jetty-ee10;"
                            + " undertow. Default: ${DEFAULT-VALUE}.")
    private String container = "tomcat";

    @Option(
            names = "--config",
            order = 7,
            paramLabel = "FILE",
            description =
                    "Settings and options as properties, such as treadle.gevent=1000; SIGHUP reads the"
                            + " settings again.")
    private @Nullable String config;

    @Option(
            names = "--workdir",
            order = 9,
            paramLabel = "DIR",
            description =
                    "Make the directory of the server's own files there, which is removed at the end."
                            + " Default: where temporary files are.")
    private @Nullable String workdir;

    @Option(
            names = "--show-config",
            order = 89,
            description = "Show every option and setting with its value and its origin, and end.")
    private boolean showConfig;

    @Option(
            names = "--verbose",
            order = 90,
            description =
                    "Log more, show every setting with its origin, and stack traces of errors.")
    private boolean verbose;

    /** For picocli. */
    public ServerOptions() {}

    /**
     * Gives the command an option for each setting: {@link Setting} is the table of them. Called by
     * picocli when it adds the options of this class to the command.
     */
    @Spec(Spec.Target.MIXEE)
    void addSettingsTo(CommandSpec command) {
        this.command = command;
        int order = FIRST_SETTING;
        for (Setting setting : Setting.values()) {
            OptionSpec option = option(setting, order++);
            settings.put(setting, option);
            command.addOption(option);
        }
    }

    private static OptionSpec option(Setting setting, int order) {
        OptionSpec.Builder option =
                OptionSpec.builder(setting.flag())
                        .order(order)
                        .paramLabel(setting.valueLabel())
                        .type(setting.isRepeatable() ? List.class : String.class)
                        .auxiliaryTypes(String.class)
                        // picocli formats it
                        .description(description(setting).replace("%", "%%"));
        setting.valueAlone().ifPresent(alone -> option.arity("0..1").fallbackValue(alone));
        return option.build();
    }

    private static String description(Setting setting) {
        if (setting == Setting.GEVENT) {
            return setting.help() + " The default model, with N = " + DEFAULT_GEVENT + ".";
        }
        return setting.help()
                + (setting.isRepeatable() ? " May be repeated." : "")
                + setting.defaultText().map(text -> " Default: " + text + ".").orElse("");
    }

    /** Returns what the command line says, by the plain names of the settings. */
    private Map<String, String> flags() {
        Map<String, String> flags = new TreeMap<>();
        settings.forEach((setting, option) -> {
            Object value = option.getValue();
            if (value instanceof List<?> values && !values.isEmpty()) {
                flags.put(
                        setting.word(),
                        values.stream().map(String::valueOf).collect(Collectors.joining(",")));
            } else if (value instanceof String text) {
                flags.put(setting.word(), text);
            }
        });
        return flags;
    }

    boolean verbose() {
        return verbose;
    }

    /** Returns the options about requests and connections. */
    HttpServerOptions requests() {
        return requests;
    }

    /** Returns the options about what is logged. */
    LogOptions logs() {
        return logs;
    }

    /** Returns the options about the address that tells what the workers do. */
    StatsOptions stats() {
        return stats;
    }

    /** Whether there is a file of settings that may be read again. */
    boolean hasConfig() {
        return config != null;
    }

    /** Whether to show all values and to end. */
    boolean showConfig() {
        return showConfig;
    }

    /**
     * Returns every option and setting with its value and its origin.
     *
     * @throws InvalidSettingException if a value cannot be taken
     */
    List<String> describe() {
        String unset = "http= (default)";
        return ShownConfig.lines(command().commandLine().getParseResult(), file(), settings())
                .stream()
                .map(line ->
                        line.equals(unset) && https == null
                                ? "http=" + DEFAULT_HTTP + " (default)"
                                : line)
                .toList();
    }

    private CommandSpec command() {
        CommandSpec known = command;
        if (known == null) {
            throw new IllegalStateException("the options of no command");
        }
        return known;
    }

    private @Nullable ConfigFile file() {
        return config == null ? null : ConfigFile.read(config, command());
    }

    /**
     * Returns where to make the directory of the server's files; null: among the temporary files.
     *
     * @throws InvalidSettingException if it cannot be written
     */
    @Nullable Path workdir() {
        if (workdir == null) {
            return null;
        }
        try {
            Path directory = Path.of(workdir).toAbsolutePath().normalize();
            if (Files.isDirectory(directory) && Files.isWritable(directory)) {
                return directory;
            }
        } catch (InvalidPathException noPath) {
            throw new InvalidSettingException("--workdir", workdir, EXPECTED_WORKDIR);
        }
        throw new InvalidSettingException("--workdir", workdir, EXPECTED_WORKDIR);
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
        return new Listener.Tls(address, TlsKeys.read("--https", parts[1], parts[2]));
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
        ConfigFile file = file();
        if (file != null) {
            if (first == null) {
                first = file;
            }
            file.requireSameOptions(first);
            rising.add(file.settings());
        }
        rising.add(SettingsSource.environment(System.getenv()));
        rising.add(SettingsSource.systemProperties(System.getProperties()));
        rising.add(SettingsSource.flags(flags()));
        return WorkerSettings.resolve(rising);
    }
}
