package dev.treadle.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.it.agent.program.BareServer;
import dev.treadle.it.agent.program.RefusedServer;
import dev.treadle.it.standalone.ServerProcess;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Containers of versions that the agent does not know, and servers that cannot have workers. */
class ContainersTest {
    @TempDir Path directory;

    private ServerProcess start(Class<?> program, String container, String folder, String agent)
            throws Exception {
        return Agents.java(
                directory,
                Map.of(),
                List.of(
                        Agents.option(agent),
                        "-cp",
                        Agents.programs() + File.pathSeparator + Line.jars(folder),
                        program.getName(),
                        container,
                        directory.toString()));
    }

    @ParameterizedTest
    @CsvSource({"tomcat, tomcat-9.0, Tomcat 9.0.", "jetty, jetty-11.0, Jetty 11.0."})
    void aVersionThatIsNotKnownStartsUnchangedOrNotAtAll(
            String container, String folder, String named) throws Exception {
        try (ServerProcess server = start(BareServer.class, container, folder, "gevent=10")) {
            assertThat(server.exitCode()).as(server.log()).isZero();
            assertThat(server.log())
                    .contains("started")
                    .doesNotContain("gevent 10")
                    .containsOnlyOnce(
                            "the server starts unchanged, on threads of its own: " + named);
        }
        try (ServerProcess server =
                start(BareServer.class, container, folder, "gevent=10,strict=true")) {
            assertThat(server.exitCode()).as(server.log()).isEqualTo(1);
            assertThat(server.log())
                    .contains("main runs")
                    .contains("not started, because the agent of Treadle has strict=true: " + named)
                    .doesNotContain("started\n");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "jetty, jetty-12.1, thread pool: org.eclipse.jetty.util.thread.ExecutorThreadPool",
        "undertow, undertow-2.3, builder.worker: "
    })
    void aServerThatCannotHaveWorkersStartsUnchangedOrNotAtAll(
            String container, String folder, String reason) throws Exception {
        try (ServerProcess server = start(RefusedServer.class, container, folder, "gevent=10")) {
            assertThat(server.exitCode()).as(server.log()).isZero();
            assertThat(server.log())
                    .contains("stopped")
                    .doesNotContain("gevent 10")
                    .containsOnlyOnce("starts unchanged, on threads of its own: " + reason);
        }
        try (ServerProcess server =
                start(RefusedServer.class, container, folder, "gevent=10,strict=true")) {
            assertThat(server.exitCode()).as(server.log()).isEqualTo(1);
            assertThat(server.log())
                    .contains("because the agent of Treadle has strict=true: " + reason)
                    .doesNotContain("stopped");
        }
    }
}
