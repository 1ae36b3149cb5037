package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Any mistake in the call leads to exit code 2, one message that names it, nothing on standard
 * output, no stack trace.
 */
class LauncherBadInputTest {
    /** One of each kind is made as users make it; the others call the launcher in this JVM. */
    private static final Set<String> IN_A_PROCESS =
            Set.of(
                    "two models",
                    "gevent twice",
                    "gevent without a number",
                    "gevent no number",
                    "unknown host",
                    "https without key",
                    "no arguments",
                    "WAR cut off",
                    "entry that leads out with backslashes",
                    "damaged hash",
                    "config with a name twice",
                    "unknown option",
                    "demo, sleep too long");

    @TempDir static Path directory = Path.of("");

    private static LauncherHere here;

    /**
     * @param call the arguments, separated by spaces; WAR stands for a good one, DIR for a
     *     directory with bad ones
     * @param message parts the message must have
     */
    record Mistake(String name, String call, List<String> message) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Mistake mistake(String name, String call, String... message) {
        return new Mistake(name, call, List.of(message));
    }

    @BeforeAll
    static void load() throws Exception {
        here = new LauncherHere();
    }

    @AfterAll
    static void unload() throws Exception {
        here.close();
    }

    @BeforeAll
    static void makeBadFiles() throws Exception {
        Files.createFile(directory.resolve("empty.war"));
        Files.writeString(directory.resolve("text.war"), "this is no zip archive");
        byte[] good = Files.readAllBytes(Places.exampleWar());
        Files.write(directory.resolve("cut.war"), java.util.Arrays.copyOf(good, good.length / 2));
        Files.createDirectory(directory.resolve("exploded.war"));
        Files.createDirectories(directory.resolve("exploded/WEB-INF"));
        Files.writeString(
                directory.resolve("slow.properties"),
                "# a comment \\\ntreadle.gevent=1\ntreadle.log-slow=soon\n");
        Files.writeString(directory.resolve("switch.properties"), "treadle.h2c=yes\n");
        Files.writeString(
                directory.resolve("twice.properties"), "treadle.gevent=1\ntreadle.gevent=2\n");
        Files.writeString(directory.resolve("nested.properties"), "treadle.config=x\n");
        makeHostileWars();
        makeBadCertificates();
        makeBadUsers();
        makeBadEntries();
    }

    private static void makeHostileWars() throws Exception {
        writeZip("slip.war", "WEB-INF/../../slipped.txt", new byte[1], 1);
        writeZip("backslash.war", "..\\slipped.txt", new byte[1], 1);
        writeZip("bomb.war", "zeros.bin", new byte[1 << 20], 150);
        String descriptor =
                """
                <!DOCTYPE web-app [<!ENTITY s SYSTEM "%s">]>
                <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
                <display-name>&s;</display-name></web-app>
                """
                        .formatted(directory.resolve("text.war").toUri());
        writeZip("entity.war", "WEB-INF/web.xml", descriptor.getBytes(UTF_8), 1);
        writeZip(
                "dtd.war",
                "WEB-INF/web.xml",
                "<!DOCTYPE web-app SYSTEM \"file:/own.dtd\"><web-app/>".getBytes(UTF_8),
                1);
        Path exploded = Files.createDirectories(directory.resolve("entities/WEB-INF"));
        Files.writeString(exploded.resolve("web.xml"), descriptor);
    }

    private static void writeZip(String name, String entry, byte[] content, int times)
            throws Exception {
        try (ZipOutputStream zip =
                new ZipOutputStream(Files.newOutputStream(directory.resolve(name)))) {
            zip.putNextEntry(new ZipEntry(entry));
            for (int i = 0; i < times; i++) {
                zip.write(content);
            }
        }
    }

    private static void makeBadEntries() throws Exception {
        String source = "jdbc/shop = datasource\njdbc/shop.url = jdbc:h2:mem:shop\n";
        Files.writeString(directory.resolve("type.jndi"), "shop/name = The Shop\n");
        Files.writeString(directory.resolve("value.jndi"), "\nshop/limit = integer many\n");
        Files.writeString(directory.resolve("address.jndi"), "jdbc/shop = datasource\n");
        Files.writeString(directory.resolve("key.jndi"), source + "jdbc/shop.sise = 3\n");
        Files.writeString(directory.resolve("name.jndi"), "shop = integer 1\nshop/a = integer 2\n");
        Files.writeString(directory.resolve("jar.jndi"), source + "jdbc/shop.jar = none.jar\n");
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (file.toString().matches(".*\\.(jndi|users)")) {
                    Files.setPosixFilePermissions(
                            file, PosixFilePermissions.fromString("rw-------"));
                }
            }
        }
    }

    private static void makeBadUsers() throws Exception {
        Files.writeString(directory.resolve("nameless.users"), "# a\nalice: a\n: secret, reader\n");
        Files.writeString(directory.resolve("roles.users"), "alice: secret, read er\n");
        Files.writeString(directory.resolve("hash.users"), "alice: MD5:0123456789abcdef, reader\n");
        Files.writeString(
                directory.resolve("damaged.users"), "alice: pbkdf2:1000:AAECAwQFBgc=:AA==");
        Files.writeString(directory.resolve("twice.users"), "alice: a\nalice: b\n");
    }

    /** Beside server-chain.pem and server-key.pem, which are good. */
    private static void makeBadCertificates() throws Exception {
        TestCertificates certificates = TestCertificates.make(directory, "RSA");
        String chain = Files.readString(certificates.chainFile("server"));
        certificates.keyFile("server");
        certificates.encryptedKeyFile("server");
        certificates.keyFile("intermediate");
        certificates.keytool("other", "RSA");
        certificates.keyFile("other");
        String other = Files.readString(certificates.chainFile("other"));
        Files.writeString(directory.resolve("mixed.pem"), chain + other);
        Files.writeString(directory.resolve("cut.pem"), chain.substring(0, chain.length() / 3));
        byte[] bytes = {1, 2, 3};
        Files.writeString(
                directory.resolve("damaged.pem"),
                TestCertificates.pem("CERTIFICATE", bytes)
                        + TestCertificates.pem("PRIVATE KEY", bytes));
        Files.writeString(
                directory.resolve("pkcs1.pem"), TestCertificates.pem("RSA PRIVATE KEY", bytes));
    }

    static Stream<Mistake> mistakes() {
        return Stream.of(
                        models(),
                        values(),
                        addresses(),
                        tls(),
                        wars(),
                        files(),
                        server(),
                        commands())
                .flatMap(List::stream);
    }

    private static List<Mistake> models() {
        return List.of(
                mistake(
                        "two models",
                        "--gevent 5 --threads 3 --war WAR",
                        "--gevent",
                        "--threads",
                        "exactly one"),
                mistake(
                        "virtual and gevent",
                        "--virtual --gevent 3 --war WAR",
                        "--virtual",
                        "--gevent"),
                mistake("gevent twice", "--gevent 5 --gevent 6 --war WAR", "--gevent", "once"),
                mistake("gevent without a number", "--war WAR --gevent", "--gevent: no value"),
                mistake(
                        "gevent 0",
                        "--gevent 0 --war WAR",
                        "--gevent: 0 (expected: a whole number from 1 to 10000000)"),
                mistake(
                        "gevent negative",
                        "--gevent -5 --war WAR",
                        "--gevent: -5 (expected: a whole number"),
                mistake(
                        "gevent no number",
                        "--gevent=many --war WAR",
                        "--gevent: many (expected: a whole number"),
                mistake(
                        "gevent above ten million",
                        "--gevent 10000001 --war WAR",
                        "--gevent: 10000001 (expected:"),
                mistake(
                        "gevent above a long",
                        "--gevent 99999999999999999999 --war WAR",
                        "(expected: a whole number"),
                mistake("threads 0", "--threads 0 --war WAR", "--threads: 0 (expected:"),
                mistake("virtual 0", "--virtual=0 --war WAR", "--virtual: 0 (expected:"),
                mistake(
                        "hubs without gevent",
                        "--virtual 5 --hubs 2 --war WAR",
                        "--hubs: 2 (expected: only together"),
                mistake(
                        "hub-loop nonsense",
                        "--hub-loop maybe --war WAR",
                        "--hub-loop: maybe (expected: on or off"),
                mistake(
                        "hub-loop without gevent",
                        "--threads 5 --hub-loop off --war WAR",
                        "--hub-loop: off (expected: only together"),
                mistake("hubs 0", "--hubs 0 --war WAR", "--hubs: 0 (expected:"));
    }

    private static List<Mistake> values() {
        return List.of(
                mistake("queue negative", "--queue -1 --war WAR", "--queue: -1 (expected:"),
                mistake("listen 0", "--listen 0 --war WAR", "--listen: 0 (expected:"),
                mistake(
                        "queue timeout nonsense",
                        "--queue-timeout soon --war WAR",
                        "--queue-timeout: soon (expected: a duration from 1ms to 30d, such as 10s,"
                                + " 500ms or 2m; a bare number is seconds)"),
                mistake(
                        "harakiri nonsense",
                        "--harakiri soon --war WAR",
                        "--harakiri: soon (expected: a duration from 1ms to 30d, such as 10s, 500ms"
                                + " or 2m; a bare number is seconds, or off)"),
                mistake("retake nonsense", "--retake never --war WAR", "--retake: never", "off"),
                mistake("drain negative", "--drain -5s --war WAR", "--drain: -5s (expected:"),
                mistake(
                        "queue order unknown",
                        "--queue-order newest --war WAR",
                        "--queue-order: newest (expected: fifo or adaptive-lifo"),
                mistake(
                        "refuse status of success",
                        "--refuse-status 200 --war WAR",
                        "--refuse-status: 200 (expected: a whole number from 400 to 599"),
                mistake(
                        "retry after half a second",
                        "--retry-after 500ms --war WAR",
                        "--retry-after: 500ms (expected: whole seconds"),
                mistake(
                        "priority path without slash",
                        "--priority-path /a --priority-path healthz --war WAR",
                        "--priority-path: /a,healthz (expected: a path such as"),
                mistake(
                        "ready path pattern",
                        "--ready-path /r/* --war WAR",
                        "--ready-path: /r/* (expected: a path that begins"),
                mistake(
                        "limit without number",
                        "--limit /checkout --war WAR",
                        "--limit: /checkout (expected: PATH=N"),
                mistake(
                        "limit twice",
                        "--limit /a=1 --limit /a=2 --war WAR",
                        "--limit: /a=1,/a=2 (expected:",
                        "once"),
                mistake(
                        "harakiri threshold negative",
                        "--harakiri-queue-threshold -1 --war WAR",
                        "--harakiri-queue-threshold: -1 (expected: a whole number from 0"),
                mistake(
                        "reuse port nonsense",
                        "--reuse-port=maybe --war WAR",
                        "--reuse-port: maybe (expected: on or off"),
                mistake(
                        "stats without colon",
                        "--stats 9191 --war WAR",
                        "--stats: 9191 (expected: [HOST]:PORT"),
                mistake(
                        "stats token without stats",
                        "--stats-token DIR/server-key.pem --war WAR",
                        "--stats-token: ",
                        "only together with --stats"),
                mistake(
                        "stats control without stats",
                        "--stats-control --war WAR",
                        "--stats-control: true (expected: only together with --stats"),
                mistake(
                        "stats token of several lines",
                        "--stats :0 --stats-token DIR/server-key.pem --war WAR",
                        "--stats-token: ",
                        "(expected: a file with one line: 16 to 200 letters"),
                mistake(
                        "config that is not there",
                        "--config /no/such/file --war WAR",
                        "--config: /no/such/file (expected: a file that can be read"));
    }

    private static List<Mistake> addresses() {
        return List.of(
                mistake(
                        "port too large",
                        "--http :70000 --war WAR",
                        "--http: :70000 (expected: a port from 0 to 65535"),
                mistake(
                        "port no number",
                        "--http :web --war WAR",
                        "--http: :web (expected: [HOST]:PORT"),
                mistake(
                        "port without colon",
                        "--http 3000 --war WAR",
                        "--http: 3000 (expected: [HOST]:PORT"),
                mistake(
                        "unknown host",
                        "--http no.such.host.invalid:0 --war WAR",
                        "no.such.host.invalid:0",
                        "host"),
                mistake(
                        "context without slash",
                        "--context shop --war WAR",
                        "--context: shop (expected: /"),
                mistake(
                        "context with slash at the end",
                        "--context /shop/ --war WAR",
                        "--context: /shop/ (expected:"));
    }

    private static List<Mistake> tls() {
        return List.of(
                mistake(
                        "https without files",
                        "--https :8443 --war WAR",
                        "--https: :8443 (expected: [HOST]:PORT,CERT,KEY with two PEM files"),
                mistake(
                        "https without key",
                        "--https :8443,DIR/server-chain.pem, --war WAR",
                        "(expected: [HOST]:PORT,CERT,KEY with two PEM files"),
                mistake(
                        "https port too large",
                        "--https :70000,DIR/server-chain.pem,DIR/server-key.pem --war WAR",
                        "--https: :70000 (expected: a port from 0 to 65535"),
                certificate("missing", "none.pem", "there is no file of that name"),
                certificate("a directory", "exploded.war", "this is not a file"),
                certificate("a key", "server-key.pem", "it has no block BEGIN CERTIFICATE"),
                certificate("a text cut off", "cut.pem", "it has no block BEGIN CERTIFICATE"),
                certificate("damaged", "damaged.pem", "a certificate in it is damaged"),
                certificate("a chain out of order", "mixed.pem", "did not issue certificate 2"),
                key("missing", "none.pem", "there is no file of that name"),
                key("a certificate", "server-chain.pem", "it has no block BEGIN PRIVATE KEY"),
                key("with a password", "server-encrypted.pem", "take it away with: openssl pkcs8"),
                key("in PKCS#1", "pkcs1.pem", "RSA PRIVATE KEY, convert it with: openssl pkcs8"),
                key("damaged", "damaged.pem", "this one is another, or is damaged"),
                key("of another certificate", "other-key.pem", "which is for CN=server; this key"),
                key("of another algorithm", "intermediate-key.pem", "for CN=server; this key"),
                mistake(
                        "h2c without a plain port",
                        "--h2c --https :0,DIR/server-chain.pem,DIR/server-key.pem --war WAR",
                        "--h2c: with --https alone (expected: a port without TLS",
                        "add --http"));
    }

    private static Mistake certificate(String name, String file, String message) {
        return mistake(
                "certificate " + name,
                "--https :0,DIR/" + file + ",DIR/server-key.pem --war WAR",
                "--https: ",
                file + " (expected: a PEM file with the server's certificate first",
                message);
    }

    private static Mistake key(String name, String file, String message) {
        return mistake(
                "key " + name,
                "--https :0,DIR/server-chain.pem,DIR/" + file + " --war WAR",
                "--https: ",
                file + " (expected: ",
                message);
    }

    private static List<Mistake> wars() {
        return List.of(
                mistake("no arguments", "", "--war: missing (expected: the WAR file"),
                mistake(
                        "WAR missing",
                        "--war DIR/none.war",
                        "none.war (expected: a file that exists"),
                mistake("WAR empty", "--war DIR/empty.war", "empty.war (expected: a WAR file"),
                mistake(
                        "WAR not a zip",
                        "--war DIR/text.war",
                        "text.war (expected: a WAR file; this one is no zip"),
                mistake(
                        "entry that leads out of the WAR",
                        "--war DIR/slip.war",
                        "slip.war (expected: names that lead to a place inside the archive; the"
                                + " entry WEB-INF/../../slipped.txt may overwrite"),
                mistake(
                        "entry that leads out with backslashes",
                        "--war DIR/backslash.war",
                        "the entry ..\\slipped.txt may overwrite"),
                mistake(
                        "WAR that fills a disk",
                        "--war DIR/bomb.war",
                        "bomb.war (expected: at most 4096 MB when unpacked, and at most 100 times"),
                mistake(
                        "descriptor with an external entity",
                        "--container jetty --war DIR/entity.war",
                        "entity.war (expected: a WEB-INF/web.xml without external entities; it"
                                + " declares s as file:/"),
                mistake(
                        "descriptor with a DTD of its own",
                        "--war DIR/dtd.war",
                        "dtd.war (expected: a WEB-INF/web.xml without external entities; it"
                                + " declares a DTD as file:/"),
                mistake(
                        "descriptor of a directory with an external entity",
                        "--war DIR/entities",
                        "entities (expected: a WEB-INF/web.xml without external entities"),
                mistake("WAR cut off", "--war DIR/cut.war", "cut.war (expected: a WAR file"),
                mistake(
                        "WAR a directory",
                        "--war DIR/exploded.war",
                        "exploded.war (expected: a WAR file, or a directory that has WEB-INF in it"),
                mistake(
                        "two applications at the root",
                        "--war WAR --war DIR/exploded",
                        "exploded (expected: a context path of its own; / is that of ",
                        "--war /shop="),
                mistake(
                        "two applications on one path",
                        "--war /a=WAR --war /b=WAR --war /a=DIR/exploded",
                        "exploded (expected: a context path of its own; /a is that of "),
                mistake(
                        "context path with a slash at its end",
                        "--war /a/=WAR",
                        "--war: /a/ (expected: / or a path that begins with a slash"),
                mistake(
                        "context path of Tomcat's root",
                        "--context /ROOT --war WAR",
                        "--context: /ROOT (expected: / or a path"),
                mistake("path without a WAR", "--war /a=", "--war: /a= (expected: /PATH=FILE"),
                mistake(
                        "context for two",
                        "--context /c --war /a=WAR --war /b=WAR",
                        "--context: /c (expected: one application without a path of its own"),
                mistake(
                        "touch-reload missing",
                        "--war WAR --touch-reload DIR/none",
                        "none (expected: a file that exists: a change of its"),
                mistake(
                        "touch-reload a directory",
                        "--war WAR --touch-reload DIR",
                        "--touch-reload: DIR (expected: a file that exists"),
                mistake(
                        "unknown container",
                        "--container glassfish --war WAR",
                        "--container: glassfish (expected: tomcat or tomcat11, tomcat10, jetty or"
                                + " jetty-ee11, jetty-ee10, undertow)"));
    }

    private static List<Mistake> files() {
        return List.of(
                mistake(
                        "no file of users",
                        "--users DIR/none --war WAR",
                        "--users: ",
                        "none (expected: a file that can be read",
                        "there is no file of that name"),
                mistake(
                        "line without a name",
                        "--users DIR/nameless.users --war WAR",
                        "nameless.users, line 3 (expected: NAME: PASSWORD, ROLE, ROLE"),
                mistake(
                        "role with a space",
                        "--users DIR/roles.users --war WAR",
                        "roles.users, line 1 (expected: NAME",
                        "no space"),
                mistake(
                        "hash of Jetty",
                        "--users DIR/hash.users --war WAR",
                        "hash.users, line 1 (expected: a password that begins with pbkdf2: or plain:"),
                mistake(
                        "damaged hash",
                        "--users DIR/damaged.users --war WAR",
                        "damaged.users, line 1 (expected: pbkdf2:ITERATIONS:SALT:HASH"),
                mistake(
                        "user twice",
                        "--users DIR/twice.users --war WAR",
                        "twice.users, line 2 (expected: each user once"),
                mistake(
                        "entry without a type",
                        "--jndi DIR/type.jndi --war WAR",
                        "type.jndi, line 1 (expected: datasource, or a type and a value; the types"
                                + " are string, boolean, integer"),
                mistake(
                        "entry of another type",
                        "--jndi DIR/value.jndi --war WAR",
                        "value.jndi, line 2 (expected: a value of the type integer"),
                mistake(
                        "data source without an address",
                        "--jndi DIR/address.jndi --war WAR",
                        "address.jndi, line 1 (expected: a line jdbc/shop.url = jdbc:..."),
                mistake(
                        "unknown key of a data source",
                        "--jndi DIR/key.jndi --war WAR",
                        "key.jndi, line 3 (expected: one of url, user, password, driver, jar, size"),
                mistake(
                        "name that begins another",
                        "--jndi DIR/name.jndi --war WAR",
                        "name.jndi, line 2 (expected: a name of its own; shop is in this file"),
                mistake(
                        "no such jar",
                        "--jndi DIR/jar.jndi --war WAR",
                        "jar.jndi, line 3 (expected: the jar with the driver; there is no such"));
    }

    private static List<Mistake> server() {
        return List.of(
                mistake(
                        "access log in no directory",
                        "--access-log DIR/no/access.log --war WAR",
                        "--access-log: ",
                        "no/access.log (expected: a file that this user may write to"),
                mistake(
                        "access log a directory",
                        "--access-log DIR/exploded.war --war WAR",
                        "--access-log: ",
                        "(expected: a file that"),
                mistake(
                        "slow nonsense",
                        "--log-slow soon --war WAR",
                        "--log-slow: soon (expected: a duration such as 500ms"),
                mistake(
                        "log format unknown",
                        "--log-format xml --war WAR",
                        "--log-format: xml (expected: text or json"),
                mistake(
                        "workdir that is none",
                        "--workdir DIR/none --war WAR",
                        "--workdir: ",
                        "none (expected: a directory that exists"),
                mistake(
                        "config that is none",
                        "--config DIR/none.properties --war WAR",
                        "--config: ",
                        "none.properties (expected: a file that can be read"),
                mistake(
                        "config with a bad value of an option",
                        "--config DIR/slow.properties --war WAR",
                        "--log-slow: soon (expected: a duration",
                        "; it stands as treadle.log-slow in ",
                        "slow.properties, line 3"),
                mistake(
                        "config with a switch that is none",
                        "--config DIR/switch.properties --war WAR",
                        "treadle.h2c in ",
                        ", line 1: yes (expected: true or false)"),
                mistake(
                        "config with a name twice",
                        "--config DIR/twice.properties --war WAR",
                        "treadle.gevent in ",
                        ", line 2: 2 (expected: each name once)"),
                mistake(
                        "config in a config",
                        "--config DIR/nested.properties --war WAR",
                        "treadle.config in ",
                        ", line 1: x (expected: "),
                mistake(
                        "config to show with a mistake",
                        "--show-config --gevent 0",
                        "--gevent: 0 (expected: "),
                mistake(
                        "max post nonsense",
                        "--max-post 5q --war WAR",
                        "--max-post: 5q (expected: a size such as 4096, 500k, 20m or 1g"),
                mistake(
                        "static without directory",
                        "--static /static --war WAR",
                        "--static: /static (expected: /PATH="),
                mistake(
                        "static at the root",
                        "--static /=DIR --war WAR",
                        "--static: /=",
                        "(expected: /PATH="),
                mistake(
                        "static of no directory",
                        "--static /static=DIR/none --war WAR",
                        "--static: /static=",
                        "a directory that this user may read"),
                mistake(
                        "static at the path of the application",
                        "--static /shop=DIR --context /shop --war WAR",
                        "--static: /shop=",
                        "other paths than /shop and above it, where the application is"),
                mistake(
                        "static above the path of the application",
                        "--static /shop=DIR --context /shop/one --war WAR",
                        "other paths than /shop/one and above it"),
                mistake(
                        "static twice",
                        "--static /a=DIR --static /a=DIR --war WAR",
                        "(expected: each path once"),
                mistake(
                        "forwarded nonsense",
                        "--forwarded=all --war WAR",
                        "--forwarded: all (expected: x-forwarded or forwarded"),
                mistake(
                        "forwarded from a name",
                        "--forwarded --forwarded-from 10.0.0.0/8,proxy --war WAR",
                        "--forwarded-from: 10.0.0.0/8,proxy (expected: addresses or ranges"),
                mistake(
                        "forwarded from a range that is none",
                        "--forwarded --forwarded-from 10.0.0.0/33 --war WAR",
                        "--forwarded-from: 10.0.0.0/33 (expected: addresses or ranges"),
                mistake(
                        "forwarded from without forwarded",
                        "--forwarded-from 10.0.0.0/8 --war WAR",
                        "--forwarded-from: 10.0.0.0/8 (expected: only together with --forwarded"));
    }

    private static List<Mistake> commands() {
        return List.of(
                mistake(
                        "unknown option",
                        "--geven 5 --war WAR",
                        "--geven: unknown",
                        "did you mean --gevent?"),
                mistake("WAR without its flag", "app.war", "app.war: unknown"),
                mistake(
                        "demo, concurrency 0",
                        "demo --concurrency 0",
                        "--concurrency: 0 (expected:"),
                mistake("demo, no requests", "demo --requests 0", "--requests: 0 (expected:"),
                mistake(
                        "demo, unknown model",
                        "demo --models gevent,fibers",
                        "--models: gevent,fibers (expected:"),
                mistake(
                        "demo, unknown container",
                        "demo --container all,of",
                        "--container: all,of (expected:"),
                mistake(
                        "demo, sleep too long",
                        "demo --sleep 3601",
                        "--sleep: 3601 (expected: a duration"),
                mistake(
                        "demo, file nowhere",
                        "demo --json DIR/no/demo.json",
                        "--json:",
                        "(expected: a file"),
                mistake(
                        "demo, option of the server",
                        "--gevent 5 demo",
                        "--gevent: before demo (expected:"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void mistakeIsNamedAndNothingStarts(Mistake mistake) throws Exception {
        String call =
                mistake.call()
                        .replace("WAR", Places.exampleWar().toString())
                        .replace("DIR", directory.toString());
        String[] arguments = call.isEmpty() ? new String[0] : call.split(" ");
        LauncherHere.Ended ended =
                IN_A_PROCESS.contains(mistake.name())
                        ? inAProcess(arguments)
                        : here.call(arguments);
        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err().lines()).as("one message").hasSize(1);
        assertThat(ended.err())
                .startsWith("treadle: ")
                .contains(
                        mistake.message().stream()
                                .map(part -> part.replace("DIR", directory.toString()))
                                .toList());
    }

    private static LauncherHere.Ended inAProcess(String... arguments) throws Exception {
        try (TreadleProcess process = TreadleProcess.launcher(arguments)) {
            return new LauncherHere.Ended(process.exitCode(), process.out(), process.err());
        }
    }

    @Test
    void mistakesOfEachKindAreMadeInAProcess() {
        assertThat(mistakes().map(Mistake::name)).containsAll(IN_A_PROCESS);
    }

    /** In the environment, a system property and a file. */
    @Test
    void anUnknownNameIsAMistakeWhereverItStands() throws Exception {
        String advice = " (expected: a setting of Treadle; did you mean ";
        Path config =
                Files.writeString(directory.resolve("bad.properties"), "# no\ntreadle.quue=1\n");
        assertRefused(
                List.of(),
                Map.of("TREADLE_QUUE", "5", "TREADLE_SERVICE_HOST", "10.0.0.1"),
                List.of(),
                "TREADLE_QUUE: 5" + advice + "TREADLE_QUEUE?)");
        assertRefused(
                List.of("-Dtreadle.quue=1"),
                Map.of(),
                List.of(),
                "treadle.quue: 1" + advice + "treadle.queue?)");
        assertRefused(
                List.of(),
                Map.of(),
                List.of("--config", config.toString()),
                "treadle.quue in " + config + ", line 2: 1" + advice + "treadle.queue?)");
    }

    private static void assertRefused(
            List<String> jvmOptions,
            Map<String, String> environment,
            List<String> arguments,
            String message)
            throws Exception {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of("--war", Places.exampleWar().toString()));
        try (TreadleProcess process =
                TreadleProcess.jar(Places.launcherJar(), jvmOptions, all, environment)) {
            assertThat(process.exitCode()).as(process.err()).isEqualTo(2);
            assertThat(process.err()).isEqualTo("treadle: " + message);
        }
    }
}
