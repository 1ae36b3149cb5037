package dev.treadle.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.it.standalone.HeldRequests;
import dev.treadle.it.standalone.ServerProcess;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Programs that embed a container, on each line of it. */
class ProgramTest {
    private static final int MANY = 1_000;
    private static final int SOME = 120;
    private static final int SIGTERM = 143;

    @TempDir Path directory;

    private Path server(int index) {
        return directory.resolve("server-" + index);
    }

    @ParameterizedTest
    @EnumSource
    void aThousandRequestsRunOnAFewThreadsAndAStopDrains(Line line) throws Exception {
        try (ServerProcess program =
                Agents.program(line, directory, "plain", Agents.option(Agents.THOUSAND))) {
            int port = Agents.ports(program).get(0);
            for (String round : List.of("cold", "warm")) {
                Clients.Burst burst = Clients.burst(port, "/sleep?1000", MANY);
                System.out.printf("%s, %s: %d ms%n", line, round, burst.time().toMillis());
                assertThat(burst.answers())
                        .hasSize(MANY)
                        .allSatisfy(answer ->
                                assertThat(answer)
                                        .startsWith("HTTP/1.1 200")
                                        .contains("slept: virtual=true treadle-gevent-"));
            }
            // on a busy machine the hubs have spare carriers, which go after ten seconds
            program.await("fewer than 60 OS threads", () -> program.osThreads() < 60);

            assertThat(Clients.get(port, "/async"))
                    .startsWith("HTTP/1.1 200")
                    .contains("asynchronous: virtual=true treadle-gevent-");

            assertThat(program.log())
                    .contains("beans: 1")
                    .containsOnlyOnce("gevent 1000 on ")
                    .contains("by the agent");
            stopDrains(program, port);
            Agents.assertWarnsOfNothing(program);
        }
    }

    private void stopDrains(ServerProcess program, int port) throws Exception {
        try (HeldRequests requests = new HeldRequests(server(0), port, 3)) {
            program.await("all inside", () -> requests.inside() == 3);
            program.terminate();
            program.await("no more connections", () -> Clients.isRefused(port));

            assertThat(requests.release())
                    .allSatisfy(answer ->
                            assertThat(answer).startsWith("HTTP/1.1 200").contains("done"));
            assertThat(program.exitCode()).isEqualTo(SIGTERM);
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutTheAgentTheOldServerIsBack(Line line) throws Exception {
        try (ServerProcess program = Agents.program(line, directory, "plain");
                HeldRequests requests =
                        new HeldRequests(server(0), Agents.ports(program).get(0), 10)) {
            program.await("all inside", () -> requests.inside() == 10);

            assertThat(requests.release())
                    .allSatisfy(answer ->
                            assertThat(answer)
                                    .startsWith("HTTP/1.1 200")
                                    .contains("inside: virtual=false " + line.ownThreads()));
            assertThat(program.log()).contains("beans: 0").doesNotContain("gevent");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TOMCAT_11", "JETTY_12_1", "UNDERTOW_2_3"})
    void aFullGateRefusesAndHarakiriEndsTheLongest(Line line) throws Exception {
        try (ServerProcess program =
                        Agents.program(
                                line,
                                directory,
                                "plain",
                                Agents.option("gevent=2,queue=0,harakiri=20s"));
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            int port = Agents.ports(program).get(0);
            Future<String> one = clients.submit(() -> Clients.get(port, "/nap"));
            Future<String> other = clients.submit(() -> Clients.get(port, "/nap"));
            program.awaitLog("napping(?s:.*)napping");

            assertThat(Clients.get(port, "/sleep?1")).startsWith("HTTP/1.1 503");
            assertThat(List.of(one.get(), other.get()))
                    .allSatisfy(answer -> assertThat(answer).doesNotContain("slept"));
            program.awaitLog("harakiri");
            // a place may come back a moment after the answer
            program.await("a place", () -> isServed(port));
        }
    }

    private static boolean isServed(int port) {
        try {
            return Clients.get(port, "/sleep?1").startsWith("HTTP/1.1 200");
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TOMCAT_11", "JETTY_12_1", "UNDERTOW_2_3"})
    void twoServersHaveWorkersOfTheirOwn(Line line) throws Exception {
        try (ServerProcess program =
                Agents.program(line, directory, "twice", Agents.option("gevent=2,queue=0"))) {
            List<Integer> ports = Agents.ports(program);
            try (HeldRequests first = new HeldRequests(server(0), ports.get(0), 2);
                    HeldRequests second = new HeldRequests(server(1), ports.get(1), 2)) {
                program.await("all inside", () -> first.inside() == 2 && second.inside() == 2);

                assertThat(ports).doesNotHaveDuplicates();
                assertThat(program.log()).contains("beans: 2");
                assertThat(Clients.get(ports.get(0), "/sleep?1")).startsWith("HTTP/1.1 503");
                assertThat(first.release())
                        .allSatisfy(answer ->
                                assertThat(answer).startsWith("HTTP/1.1 200").contains("done"));
                assertThat(second.release())
                        .allSatisfy(answer ->
                                assertThat(answer).startsWith("HTTP/1.1 200").contains("done"));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatIsStartedAgainHasWorkersAgain(Line line) throws Exception {
        try (ServerProcess program =
                Agents.program(line, directory, "again", Agents.option(Agents.THOUSAND))) {
            int port = Agents.ports(program).get(0);
            Clients.Burst burst = Clients.burst(port, "/sleep?100", SOME);

            assertThat(burst.answers())
                    .allSatisfy(answer ->
                            assertThat(answer)
                                    .startsWith("HTTP/1.1 200")
                                    .contains("treadle-gevent-"));
            assertThat(program.log()).contains("beans: 1");
            if (!line.name().startsWith("TOMCAT")) { // which keeps its workers until destroy()
                assertThat(program.log()).contains("stopped once, threads of Treadle: 0\n");
            }
            Agents.assertWarnsOfNothing(program);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TOMCAT_11", "JETTY_12_1", "UNDERTOW_2_3"})
    void aServerThatIsNeverStartedHasNoThreads(Line line) throws Exception {
        try (ServerProcess program =
                Agents.program(line, directory, "idle", Agents.option("gevent=100"))) {
            assertThat(Agents.ports(program)).hasSize(1);
            assertThat(program.log()).contains("threads of Treadle: 0\n", "beans: 1");
        }
    }
}
