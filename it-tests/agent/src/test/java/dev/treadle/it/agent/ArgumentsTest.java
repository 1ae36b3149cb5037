package dev.treadle.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.it.agent.program.Hello;
import dev.treadle.it.standalone.ServerProcess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the agent does with its arguments, before the application begins. */
class ArgumentsTest {
    @TempDir Path directory;

    private ServerProcess hello(Map<String, String> environment, String... options)
            throws Exception {
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.addAll(List.of("-cp", Agents.programs(), Hello.class.getName()));
        return Agents.java(directory, environment, arguments);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'' | worker model: none (expected: exactly one of threads, virtual and gevent",
                "gevent=many | gevent of the agent: many (expected: ",
                "gevent=0 | gevent of the agent: 0 (expected: ",
                "gevent | gevent of the agent: (empty) (expected: gevent=N)",
                "gevnet=10 | gevnet of the agent: 10 (expected: a setting of Treadle; did you mean gevent?)",
                "gevent=10,virtual=10 | virtual of the agent",
                "gevent=10,gevent=20 | gevent of the agent: 20 (expected: each name once)",
                "gevent=10,queue-timeout=soon | queue-timeout of the agent: soon (expected: ",
                "virtual=10,hubs=2 | hubs of the agent: 2 (expected: only together with gevent",
                "gevent=10,,queue=1 | argument of the agent: (empty) (expected: name=value",
                "gevent=10,strict=maybe | strict of the agent: maybe (expected: true or false)",
                "config=absent.properties | config of the agent: absent.properties (expected: a file",
                "config=bad.properties | treadle.quue in bad.properties: 5 (expected: a setting",
                "gevent=10,priority-path=/a,/b | /b of the agent (expected: ",
                "gevent=10,monkey-patch=threads | monkey-patch of the agent: threads (expected: executors)",
                "gevent=10,monkey-patch | monkey-patch of the agent (expected: ",
                "gevent=10,monkey-patch= | monkey-patch of the agent: (empty) (expected: executors)",
                "gevent=10,monkey-patch=executors,monkey-patch=executors | monkey-patch of the agent: executors (expected: each name once)",
                "gevent=10,monkey-path=executors | monkey-path of the agent: executors (expected: a setting of Treadle; did you mean monkey-patch?)",
                "gevent=10,monkey-patch-include=com.example.* | monkey-patch-include of the agent: com.example.* (expected: only together with monkey-patch=executors)",
                "gevent=10,monkey-patch-exclude=com.example.A | monkey-patch-exclude of the agent: com.example.A (expected: only together with monkey-patch=executors)",
                "gevent=10,monkey-patch=executors,monkey-patch-exclude=* | monkey-patch-exclude of the agent: * (expected: a class such as",
                "gevent=10,monkey-patch=executors,monkey-patch-include=com.*.Pools | monkey-patch-include of the agent: com.*.Pools (expected: a class such as",
                "gevent=10,monkey-patch=executors,monkey-patch-include=com/example/A | monkey-patch-include of the agent: com/example/A (expected: a class such as",
                "gevent=10,monkey-patch=executors,monkey-patch-include= | monkey-patch-include of the agent: (empty) (expected: a class such as",
                "gevent=10,monkey-patch=executors,monkey-patch-include=org.apache.catalina.* | monkey-patch-include of the agent: org.apache.catalina.* (expected: classes of the application",
            })
    void aMistakeEndsTheJvmBeforeTheApplicationBegins(String arguments, String message)
            throws Exception {
        Files.writeString(directory.resolve("bad.properties"), "treadle.quue=5\n");
        String given = arguments.equals("''") ? "" : arguments;
        try (ServerProcess program = hello(Map.of(), Agents.option(given))) {
            assertThat(program.exitCode()).isEqualTo(1);
            assertThat(program.log().lines())
                    .singleElement()
                    .asString()
                    .startsWith("treadle-agent: ")
                    .contains(message);
        }
        String lenient = given.isEmpty() ? "strict=false" : given + ",strict=false";
        if (!given.contains("strict")) {
            try (ServerProcess program = hello(Map.of(), Agents.option(lenient))) {
                assertThat(program.exitCode()).isZero();
                assertThat(program.log().lines())
                        .hasSize(2)
                        .anySatisfy(line ->
                                assertThat(line)
                                        .startsWith("treadle-agent: warning: ")
                                        .contains(message))
                        .contains("main runs");
            }
        }
    }

    @Test
    void theAgentTwiceIsAMistake() throws Exception {
        try (ServerProcess program =
                hello(Map.of(), Agents.option("gevent=10"), Agents.option("gevent=10"))) {
            assertThat(program.exitCode()).isEqualTo(1);
            assertThat(program.log())
                    .isEqualTo(
                            "treadle-agent: -javaagent: treadle-agent.jar a second time (expected: once)");
        }
    }

    @Test
    void aProgramWithoutAServerRunsAsBefore() throws Exception {
        Files.writeString(directory.resolve("good.properties"), "treadle.gevent=5\n");
        try (ServerProcess program = hello(Map.of(), Agents.option("config=good.properties"));
                ServerProcess other = hello(Map.of("TREADLE_VIRTUAL", "7"), Agents.option(""));
                ServerProcess third =
                        hello(Map.of(), "-Dtreadle.threads=7", Agents.option("queue=5"))) {
            for (ServerProcess each : List.of(program, other, third)) {
                assertThat(each.exitCode()).isZero();
                assertThat(each.log()).isEqualTo("main runs");
            }
        }
    }

    @Test
    void argumentsWinOverPropertiesOverEnvironmentOverTheFile() throws Exception {
        Files.writeString(
                directory.resolve("t.properties"),
                "treadle.gevent=5\ntreadle.queue=50\ntreadle.harakiri=50s\ntreadle.drain=50s\n");
        try (ServerProcess program =
                hello(Map.of(), "-Dtreadle.queue=x", Agents.option("gevent=20,queue=5"))) {
            assertThat(program.exitCode()).as("the stronger one is good").isZero();
        }
        try (ServerProcess program =
                hello(Map.of(), "-Dtreadle.queue=5", Agents.option("gevent=20, queue=x"))) {
            assertThat(program.exitCode()).isEqualTo(1);
            assertThat(program.log()).contains("queue of the agent: x");
        }
        List<String> options =
                List.of(
                        "-Dtreadle.queue=30",
                        "-Dtreadle.gevent=30",
                        Agents.option("config=t.properties,gevent=20,hubs=x"));
        // the strongest of each is the one that a message names
        try (ServerProcess program =
                hello(
                        Map.of("TREADLE_QUEUE", "x", "TREADLE_DRAIN", "9s"),
                        options.toArray(String[]::new))) {
            assertThat(program.exitCode()).isEqualTo(1);
            assertThat(program.log()).contains("hubs of the agent: x");
        }
        try (ServerProcess program =
                hello(
                        Map.of("TREADLE_HARAKIRI", "x"),
                        "-Dtreadle.queue=30",
                        Agents.option("config=t.properties"))) {
            assertThat(program.exitCode()).isEqualTo(1);
            assertThat(program.log()).contains("TREADLE_HARAKIRI: x");
        }
        try (ServerProcess program =
                hello(
                        Map.of("TREADLE_QUEUE", "x"),
                        "-Dtreadle.queue=30",
                        Agents.option("config=t.properties"))) {
            assertThat(program.exitCode()).isZero();
            assertThat(program.log()).isEqualTo("main runs");
        }
    }
}
