package dev.treadle.it.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.treadle.it.agent.program.Program;
import dev.treadle.it.standalone.ServerProcess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** An AOT cache of classes (JEP 483, 514), or an archive of class data sharing, and the agent. */
class ArchiveTest {
    private static final String AGENT = Agents.option("gevent=10,max-blocking-time=60s");
    private static final int SIGTERM = 143;
    private static final String GREENLET = "virtual=true treadle-gevent-";
    private static final String OWN = "virtual=false";

    @TempDir Path directory;

    private ServerProcess start(String... options) throws IOException {
        Path programs = directory.resolve("programs.jar");
        if (!Files.exists(programs)) {
            write(programs);
        }
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.addAll(
                List.of(
                        "-cp",
                        programs + File.pathSeparator + Line.jars("tomcat-11"),
                        Program.class.getName(),
                        "tomcat",
                        directory.toString(),
                        "plain"));
        return Agents.java(directory, Map.of(), arguments);
    }

    /** No archive has classes of a directory. */
    private static void write(Path jar) throws IOException {
        Path classes = Path.of(Agents.programs());
        Path programs = classes.resolve(Program.class.getPackageName().replace('.', '/'));
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.list(programs)) {
            for (Path file : files.toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, out);
            }
        }
    }

    /** Starts a server, asks it once, ends it, and returns its log. */
    private String run(String on, String... options) throws Exception {
        try (ServerProcess server = start(options)) {
            int port = Agents.ports(server).get(0);
            assertThat(Clients.get(port, "/sleep?1")).startsWith("HTTP/1.1 200").contains(on);
            server.terminate();
            assertThat(server.exitCode()).as(server.log()).isEqualTo(SIGTERM);
            return server.log();
        }
    }

    private static void assumeAotCache() {
        assumeTrue(Runtime.version().feature() >= 25, "-XX:AOTCacheOutput is there from JDK 25 on");
    }

    @Test
    void anAotCacheThatWasMadeWithTheAgentIsUsedWithIt() throws Exception {
        assumeAotCache();
        Path cache = directory.resolve("app.aot");
        String training = run(GREENLET, AGENT, "-XX:AOTCacheOutput=" + cache);
        assertThat(cache).as(training).exists();

        Path loaded = directory.resolve("loaded.txt");
        String log =
                run(GREENLET, AGENT, "-XX:AOTCache=" + cache, "-Xlog:class+load:file=" + loaded);
        assertThat(log).contains("by the agent").doesNotContain("[aot]", "[cds]");
        assertThat(Files.readString(loaded))
                // the second is the class that the agent rewrites
                .containsPattern("org\\.apache\\.coyote\\.Response source: shared objects file")
                .containsPattern("catalina\\.core\\.StandardServer source: (?!shared)");
    }

    @Test
    void anAotCacheThatWasMadeWithoutTheAgentIsNotUsedAndTheJvmSaysSo() throws Exception {
        assumeAotCache();
        Path cache = directory.resolve("app.aot");
        String training = run(OWN, "-XX:AOTCacheOutput=" + cache);
        assertThat(cache).as(training).exists();

        assertThat(run(GREENLET, AGENT, "-XX:AOTCache=" + cache))
                .contains("by the agent", "[aot]", "jdk.module.addmods: java.instrument");
    }

    @Test
    void anArchiveOfClassDataSharingThatWasMadeWithoutTheAgentIsUsedWithIt() throws Exception {
        Path archive = directory.resolve("app.jsa");
        String training = run(OWN, "-XX:ArchiveClassesAtExit=" + archive);
        assertThat(archive).as(training).exists();

        Path loaded = directory.resolve("loaded.txt");
        assertThat(
                        run(
                                GREENLET,
                                AGENT,
                                "-XX:SharedArchiveFile=" + archive,
                                "-Xlog:class+load:file=" + loaded))
                .contains("by the agent");
        assertThat(Files.readString(loaded))
                .containsPattern("org\\.apache\\.coyote\\.Response source: shared objects file");
    }

    @Test
    void theJvmRefusesToMakeAnArchiveOfClassDataSharingWithAnAgent() throws Exception {
        try (ServerProcess server =
                start(AGENT, "-XX:ArchiveClassesAtExit=" + directory.resolve("app.jsa"))) {
            assertThat(server.exitCode()).isEqualTo(1);
            assertThat(server.log())
                    .contains("AllowArchivingWithJavaAgent")
                    .doesNotContain("main runs");
        }
    }
}
