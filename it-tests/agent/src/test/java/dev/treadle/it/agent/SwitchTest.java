package dev.treadle.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.it.standalone.HeldRequests;
import dev.treadle.it.standalone.ServerProcess;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import javax.management.JMException;

/** Model and N change in a server that has its workers by the agent alone. */
class SwitchTest {
    private static final int HELD = 3;
    private static final int MANY = 300;

    @TempDir Path directory;

    @ParameterizedTest
    @EnumSource(names = {"TOMCAT_11", "JETTY_12_1", "UNDERTOW_2_3"})
    void noRequestNoticesASwitch(Line line) throws Exception {
        try (ServerProcess program =
                        Agents.program(
                                line,
                                directory,
                                "plain",
                                Agents.option(
                                        "gevent=" + HELD + ",queue=0,max-blocking-time=60s"));
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            int port = Agents.ports(program).get(0);
            try (WorkersBean workers = new WorkersBean(program);
                    HeldRequests held =
                            new HeldRequests(directory.resolve("server-0"), port, HELD)) {
                program.await("all inside", () -> held.inside() == HELD);
                assertThat(Clients.get(port, "/sleep?1")).startsWith("HTTP/1.1 503");
                // a place may come back a little after the answer
                workers.switchTo("gevent", HELD + 2 * MANY);
                assertThat(Clients.get(port, "/sleep?1")).contains("treadle-gevent-");

                String before = "gevent";
                for (String model : List.of("threads", "virtual", "gevent")) {
                    // the places of the requests before come back a little after their answers
                    program.await("only those held", () -> active(workers) == HELD);
                    Future<Clients.Burst> others =
                            clients.submit(() -> Clients.burst(port, "/sleep?1000", MANY));
                    // some: the last of these may have a place and no thread yet
                    program.await(
                            "some inside", () -> active(workers) > HELD + 10 || others.isDone());
                    workers.switchTo(model, HELD + 2 * MANY + 1);
                    assertThat(Clients.get(port, "/sleep?1"))
                            .startsWith("HTTP/1.1 200")
                            .contains(threadsOf(model));
                    assertThat(workers.get("Model")).isEqualTo(model);
                    assertThat(others.get().answers())
                            .allSatisfy(answer ->
                                    assertThat(answer)
                                            .startsWith("HTTP/1.1 200")
                                            .contains("slept"));
                    String old = threadsOf(before);
                    assertThat(others.get().answers())
                            .as("inside during the switch")
                            .anyMatch(answer -> answer.contains(old));
                    before = model;
                }
                assertThat(held.answered()).isZero();
                assertThat(held.release())
                        .allSatisfy(answer ->
                                assertThat(answer)
                                        .startsWith("HTTP/1.1 200")
                                        .contains("inside: virtual=true treadle-gevent-", "done"));
            }
            Agents.assertWarnsOfNothing(program);
        }
    }

    private static int active(WorkersBean workers) {
        try {
            return (int) workers.get("Active");
        } catch (IOException | JMException gone) {
            throw new IllegalStateException(gone);
        }
    }

    private static String threadsOf(String model) {
        return "treadle-" + model.replace("threads", "thread") + "-";
    }
}
