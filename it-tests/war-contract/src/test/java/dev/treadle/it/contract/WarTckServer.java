package dev.treadle.it.contract;

import dev.treadle.Workers;
import dev.treadle.launcher.host.ContainerHost;
import dev.treadle.launcher.host.ContainerKind;
import dev.treadle.launcher.host.Content;
import dev.treadle.launcher.host.HttpAddress;
import dev.treadle.launcher.host.HttpOptions;
import dev.treadle.launcher.host.Listener;
import dev.treadle.launcher.host.Site;
import dev.treadle.launcher.host.TlsKeys;
import dev.treadle.launcher.host.WarVersion;
import dev.treadle.launcher.host.WorkDirectory;
import dev.treadle.launcher.provision.Provisions;
import dev.treadle.tck.Protocol;
import dev.treadle.tck.TckApplication;
import dev.treadle.tck.TckServer;
import dev.treadle.tck.Tls;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/**
 * A container of the launcher with a WAR, started and stopped in the order of the command {@code
 * treadle}. A container of it is started once, so each start has another one.
 */
final class WarTckServer implements TckServer {
    /** The system property that says which container. */
    private static final String CONTAINER = "treadle.contract.container";

    private static final HttpAddress ADDRESS = new HttpAddress("127.0.0.1", 0);

    private final Workers workers;
    private final Protocol protocol;
    private final String contextPath;
    private final Path directory;
    private final Path file;
    private final ContractWar war;
    private @Nullable ContainerHost host;
    private int port;
    private boolean destroyed;

    WarTckServer(Workers workers, TckApplication application, Protocol protocol)
            throws IOException {
        this.workers = workers;
        this.protocol = protocol;
        this.contextPath = application.contextPath().isEmpty() ? "/" : application.contextPath();
        this.directory = Files.createTempDirectory("treadle-war-contract");
        this.file = directory.resolve("contract.war");
        this.war = new ContractWar(file, application);
    }

    /** Returns the container under test. */
    static ContainerKind kind() {
        return ContainerKind.of(System.getProperty(CONTAINER, "(not set)"));
    }

    @Override
    public synchronized void start() throws Exception {
        if (host != null) {
            return;
        }
        ContainerHost made = kind().newHost();
        boolean started = false;
        try {
            made.start(site(), workers);
            started = true;
        } finally {
            if (!started) {
                made.stop();
            }
        }
        port = made.ports().get(0);
        host = made;
        if (protocol.isHttp2() && kind().word().startsWith("tomcat")) {
            TomcatLimits.lift();
        }
    }

    private Site site() throws Exception {
        Path own = Files.createTempDirectory(directory, "start-");
        Content.War content = new Content.War(file, contextPath);
        return new Site(
                List.of(listener()),
                new Content.Wars(List.of(content)),
                List.of(new WarVersion(content, file, Files.createDirectory(own.resolve("v")), 0)),
                Provisions.none(),
                new HttpOptions(null, null, null, 0, List.of()),
                Files.createDirectory(own.resolve("work")));
    }

    private Listener listener() throws Exception {
        if (!protocol.isTls()) {
            return new Listener.Plain(ADDRESS, protocol.isHttp2());
        }
        KeyStore keys = Tls.keys();
        String alias = keys.aliases().nextElement();
        Path certificate =
                pem("certificate", "CERTIFICATE", keys.getCertificate(alias).getEncoded());
        Path key =
                pem(
                        "key",
                        "PRIVATE KEY",
                        keys.getKey(alias, Tls.PASSWORD.toCharArray()).getEncoded());
        return new Listener.Tls(
                ADDRESS, TlsKeys.read("--https", certificate.toString(), key.toString()));
    }

    private Path pem(String name, String type, byte[] content)
            throws IOException, GeneralSecurityException {
        String lines =
                Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(content);
        return Files.writeString(
                directory.resolve(name + ".pem"),
                "-----BEGIN " + type + "-----\n" + lines + "\n-----END " + type + "-----\n");
    }

    @Override
    public synchronized int port() {
        return port;
    }

    /** As the launcher does: no new connections, then the grace, then the container. */
    @Override
    public synchronized void stop() throws Exception {
        ContainerHost running = host;
        if (running == null) {
            return;
        }
        host = null;
        workers.prepareStop();
        running.stopListening();
        workers.drain(workers.settings().drain());
        running.stop();
    }

    @Override
    public synchronized void destroy() throws IOException {
        if (!destroyed) {
            destroyed = true;
            war.close();
            WorkDirectory.delete(directory);
        }
    }
}
