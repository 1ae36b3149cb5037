package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Each of {@link RealWar} on each container, with a pool and with greenlets, by the launcher. Not a
 * part of the build: {@code .ci/real-wars} fetches the applications, runs this, and shows the
 * table.
 *
 * <ul>
 *   <li>{@code treadle.wars}: the directory of the WARs.
 *   <li>{@code treadle.wars.only}: a regular expression of what to run, of words such as {@code
 *       axis2.war undertow gevent}; by default all.
 * </ul>
 */
final class RealWarsTable {
    private static final List<String> CONTAINERS =
            List.of("tomcat10", "tomcat11", "jetty-ee10", "jetty-ee11", "undertow");

    private static final List<String> MODELS = List.of("threads", "gevent");

    /** Failures that are not ours, each with its reason; how a cell of the table is shown. */
    private static final Map<String, String> KNOWN =
            Map.of(
                    "tomcat-examples.war jetty",
                            "names a filter of Tomcat's own (RequestDumperFilter)",
                    "tomcat-examples.war undertow",
                            "names a filter of Tomcat's own (RequestDumperFilter)");

    private final Path wars = Path.of(System.getProperty("treadle.wars", "."));
    private final Pattern only = Pattern.compile(System.getProperty("treadle.wars.only", ""));
    private final Map<String, String> failures = new TreeMap<>();

    @TempDir private Path directory = Path.of("");

    @Test
    void eachRunsOnEachContainer() throws Exception {
        StringBuilder table = new StringBuilder();
        table.append(row("WAR", columns()));
        table.append(row("---", columns().stream().map(column -> "---").toList()));
        for (RealWar war : RealWar.ALL) {
            List<String> cells = new ArrayList<>();
            for (String column : columns()) {
                cells.add(cell(war, column));
            }
            table.append(row(war.file(), cells));
        }
        failures.forEach((cell, why) -> table.append(cell).append(": ").append(why).append('\n'));
        Files.writeString(wars.resolve("table.md"), table);
        System.out.print(table);
        assertThat(failures.keySet().stream().filter(cell -> !isKnown(cell)))
                .as("%s", failures)
                .isEmpty();
    }

    private static List<String> columns() {
        return CONTAINERS.stream()
                .flatMap(container -> MODELS.stream().map(model -> container + " " + model))
                .toList();
    }

    private static String row(String first, List<String> cells) {
        return Stream.concat(Stream.of(first), cells.stream())
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    private static boolean isKnown(String cell) {
        return KNOWN.keySet().stream().anyMatch(cell::startsWith);
    }

    private String cell(RealWar war, String column) throws IOException {
        String cell = war.file() + " " + column;
        if (!only.matcher(cell).find()) {
            return "";
        }
        String shown;
        try {
            run(war, column);
            shown = "runs";
        } catch (Exception | AssertionError failed) {
            failures.put(cell, lastLine(failed));
            shown = isKnown(cell) ? "no (known)" : "NO";
        }
        System.out.println(cell + ": " + shown);
        return shown;
    }

    private void run(RealWar war, String column) throws Exception {
        String[] words = column.split(" ");
        Path home = Files.createTempDirectory(directory, "home");
        List<String> jvmOptions =
                Stream.concat(Stream.of("-Duser.home=" + home), war.jvmOptions().stream()).toList();
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("--http", "127.0.0.1:0", "--container", words[0]));
        arguments.add("--" + words[1] + "=50");
        arguments.addAll(List.of("--users", users().toString()));
        arguments.addAll(war.options());
        arguments.addAll(List.of("--war", wars.resolve(war.file()).toString()));
        try (TreadleProcess server =
                TreadleProcess.start(
                        new ProcessBuilder(command(jvmOptions, arguments)).directory(home.toFile()),
                        Map.of("FUSEKI_BASE", home.resolve("fuseki").toString()))) {
            war.smoke().of(server.address());
            server.terminate();
            assertThat(server.exitCode()).as(server.err()).isZero();
        }
    }

    private static List<String> command(List<String> jvmOptions, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(Places.java().toString(), "-Xmx1g"));
        command.addAll(jvmOptions);
        command.addAll(List.of("-jar", Places.launcherJar().toString()));
        command.addAll(arguments);
        return command;
    }

    /** One user with the roles of all. */
    private Path users() throws IOException {
        Path file = directory.resolve("users");
        if (!Files.exists(file)) {
            Files.createFile(
                    file,
                    java.nio.file.attribute.PosixFilePermissions.asFileAttribute(
                            java.nio.file.attribute.PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, "anna: secret, tomcat, role1, jolokia, Admin\n");
        }
        return file;
    }

    private static String lastLine(Throwable failed) {
        return Arrays.stream(String.valueOf(failed.getMessage()).split("\n"))
                .map(String::strip)
                .filter(line -> line.startsWith("treadle: ") || line.contains("(expected"))
                .reduce((first, second) -> second)
                .orElse(String.valueOf(failed));
    }
}
