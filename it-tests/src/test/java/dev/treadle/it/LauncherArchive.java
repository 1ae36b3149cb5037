package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * The archive of the classes that the launcher loads with one container (JEP 350). Hundreds of
 * launchers are started by these tests, and each takes less CPU with it. The JVMs of all test
 * classes share the archives.
 */
final class LauncherArchive {
    /** The older kinds are started a few times only, which a training would not pay for. */
    private static final List<String> CONTAINERS = List.of("tomcat", "jetty", "undertow");

    private LauncherArchive() {}

    /**
     * Returns the options of a JVM of the launcher with these arguments; for one thread at a time,
     * as a lock of a file is none between threads.
     */
    static synchronized List<String> options(String... arguments) throws IOException {
        String container = container(arguments);
        if (!CONTAINERS.contains(container)) {
            return List.of();
        }
        Path directory =
                Files.createDirectories(Places.testClasses().resolveSibling("launcher-archives"));
        Path archive = directory.resolve(container + "-" + Long.toHexString(state()) + ".jsa");
        if (Files.notExists(archive)) {
            // closing the channel ends the lock, which other JVMs wait for
            try (FileChannel channel =
                    FileChannel.open(
                            directory.resolve(container + ".lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE)) {
                channel.lock();
                if (Files.notExists(archive)) {
                    train(container, archive);
                }
            }
        }
        return List.of("-XX:SharedArchiveFile=" + archive);
    }

    private static String container(String... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i].startsWith("--container=")) {
                return arguments[i].substring("--container=".length());
            }
            if (i > 0 && arguments[i - 1].equals("--container")) {
                return arguments[i];
            }
        }
        return "tomcat";
    }

    /** The JVM warns of an archive of other jars, so each state of the jars has its own. */
    private static long state() throws IOException {
        Path jar = Places.launcherJar();
        long state = Places.java().hashCode();
        try (Stream<Path> files = Files.walk(jar.getParent())) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                state = 31 * state + file.hashCode();
                state = 31 * state + Files.size(file);
                state = 31 * state + Files.getLastModifiedTime(file).toMillis();
            }
        }
        return state;
    }

    private static void train(String container, Path archive) throws IOException {
        Path part = archive.resolveSibling(archive.getFileName() + ".part");
        try (TreadleProcess server =
                        TreadleProcess.launcherWith(
                                List.of("-XX:ArchiveClassesAtExit=" + part),
                                "--http=127.0.0.1:0",
                                "--container=" + container,
                                "--gevent=50",
                                "--war=" + Places.exampleWar());
                Web web = new Web(server.address())) {
            assertThat(web.get("/hello").statusCode()).isEqualTo(200);
            server.terminate();
            assertThat(server.exitCode()).as(server.err()).isZero();
        } catch (Exception failed) {
            throw new IOException(archive + ": not made", failed);
        }
        try (DirectoryStream<Path> former =
                Files.newDirectoryStream(archive.getParent(), container + "-*.jsa")) {
            for (Path each : former) {
                Files.delete(each); // of jars that were built anew since
            }
        }
        Files.move(part, archive);
    }
}
