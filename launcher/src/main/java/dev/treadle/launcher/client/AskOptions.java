package dev.treadle.launcher.client;

import dev.treadle.launcher.host.StartFailedException;
import dev.treadle.launcher.provision.SecretFile;
import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.List;
import java.util.stream.Collectors;

/** How a server is found and asked. */
public final class AskOptions {
    @Option(
            names = "--token",
            paramLabel = "FILE",
            description =
                    "Show the token in this file, which a server wants from other machines. Not for a"
                            + " PID.")
    private @Nullable String token;

    @Option(
            names = "--server",
            paramLabel = "NAME",
            description =
                    "The server to ask, if the process of a PID has several, such as Tomcat (2).")
    private @Nullable String server;

    /** For picocli. */
    public AskOptions() {}

    /** Whether the text is the id of a process. A port alone is written with a colon. */
    static boolean isPid(String target) {
        return target.matches("\\d+");
    }

    /**
     * Returns the client of an address.
     *
     * @throws InvalidSettingException if a value is not valid
     */
    StatsClient client(String address) {
        if (isPid(address)) {
            throw new InvalidSettingException(
                    "ADDRESS",
                    address,
                    "an address, such as :"
                            + address
                            + "; the id of a process does not do for this command");
        }
        if (server != null) {
            throw new InvalidSettingException(
                    "--server", server, "the id of a process; an address has one server");
        }
        return new StatsClient(
                StatsAddress.parse(address),
                token == null ? null : SecretFile.read("--token", token).secret());
    }

    /**
     * Returns the server at an address, or those in a process. There is at least one.
     *
     * @throws InvalidSettingException if a value is not valid
     * @throws StartFailedException if the process cannot be asked
     */
    List<Server> servers(String target) throws InterruptedException {
        if (!isPid(target)) {
            return List.of(client(target));
        }
        if (token != null) {
            throw new InvalidSettingException(
                    "--token", token, "an address; the JVM of a process is asked without a token");
        }
        if (ModuleLayer.boot().findModule("jdk.attach").isEmpty()
                || ModuleLayer.boot().findModule("java.management.rmi").isEmpty()) {
            throw new StartFailedException(
                    "PID: "
                            + target
                            + " (expected: the address of --stats, such as :9191): this Java has no"
                            + " module jdk.attach or java.management.rmi; run treadle on a JDK to ask a"
                            + " process",
                    null);
        }
        return named(target, AttachedServer.in(target));
    }

    /**
     * Returns the one server.
     *
     * @throws InvalidSettingException if a value is not valid, or there are several
     * @throws StartFailedException if the process cannot be asked
     */
    Server server(String target) throws InterruptedException {
        List<Server> servers = servers(target);
        if (servers.size() > 1) {
            throw new InvalidSettingException(
                    "--server",
                    "missing",
                    "the name of one of the servers in process " + target + ": " + names(servers));
        }
        return servers.getFirst();
    }

    private List<Server> named(String pid, List<Server> servers) {
        if (server == null) {
            return servers;
        }
        List<Server> found =
                servers.stream().filter(each -> each.name().equals(pid + " " + server)).toList();
        if (found.isEmpty()) {
            throw new InvalidSettingException(
                    "--server",
                    server,
                    "the name of a server in process " + pid + ": " + names(servers));
        }
        return found;
    }

    private static String names(List<Server> servers) {
        return servers.stream()
                .map(each -> each.name().substring(each.name().indexOf(' ') + 1))
                .collect(Collectors.joining(", "));
    }
}
