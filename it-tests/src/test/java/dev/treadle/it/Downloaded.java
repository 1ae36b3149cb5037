package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the tests of the downloads share: programs of the system, and a WAR on each container. */
final class Downloaded {
    private Downloaded() {}

    /** Runs a program to its end, and returns what it printed. */
    static String run(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // dpkg asks for programs of the administrator
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s%n%s", List.of(command), output).isZero();
        return output;
    }

    /** Serves the example WAR with a command that was unpacked or installed, on each container. */
    static void servesOnEachContainer(Path command, Path directory) throws Exception {
        List<TreadleProcess> servers = new ArrayList<>();
        try {
            for (String container : List.of("tomcat", "jetty", "undertow")) {
                servers.add(
                        start(
                                command,
                                directory,
                                "--container",
                                container,
                                "--http",
                                "127.0.0.1:0",
                                "--gevent",
                                "10",
                                "--war",
                                Places.exampleWar().toString()));
            }
            for (TreadleProcess server : servers) {
                try (Web web = new Web(server.address())) {
                    assertThat(web.get("/hello").body()).isEqualTo("hello from []");
                }
                server.terminate();
                assertThat(server.exitCode()).as(server.err()).isZero();
            }
        } finally {
            servers.forEach(TreadleProcess::close);
        }
    }

    static TreadleProcess start(Path command, Path directory, String... arguments)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command.toString()).directory(directory.toFile());
        builder.command().addAll(List.of(arguments));
        return TreadleProcess.start(
                builder,
                Map.of(
                        "JAVA_HOME",
                        Places.javaHome().toString(),
                        "JDK_JAVA_OPTIONS",
                        "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx512m"));
    }

    /** Returns all files and folders below a folder, relative to it. */
    static List<String> contents(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(file -> !file.equals(folder))
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }
}
