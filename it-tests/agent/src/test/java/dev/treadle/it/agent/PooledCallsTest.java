package dev.treadle.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.it.standalone.ServerProcess;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.time.Duration;

/** A server whose requests wait for a pool of twenty, in front of a third party of a second. */
class PooledCallsTest {
    private static final int REQUESTS = 500;
    private static final int BOUND = 20;
    private static final Duration AT_LEAST = Duration.ofSeconds(REQUESTS / BOUND);

    @TempDir Path directory;

    @ParameterizedTest
    @EnumSource(names = {"TOMCAT_11", "JETTY_12_1", "UNDERTOW_2_3"})
    void thePoolHasItsBoundAndNoPlatformThread(Line line) throws Exception {
        try (ThirdParty third = new ThirdParty(Duration.ofSeconds(1));
                ServerProcess program =
                        Agents.program(
                                line,
                                directory,
                                "plain",
                                Agents.option(Agents.THOUSAND + ",monkey-patch=executors"))) {
            int port = Agents.ports(program).get(0);
            Clients.Burst burst = Clients.burst(port, "/pooled?" + third.url() + "/pay", REQUESTS);

            System.out.printf("%s, pool of %d: %d ms%n", line, BOUND, burst.time().toMillis());
            assertThat(burst.answers())
                    .hasSize(REQUESTS)
                    .allSatisfy(answer ->
                            assertThat(answer)
                                    .startsWith("HTTP/1.1 200")
                                    .containsPattern("paid by VirtualThread\\[#\\d+,pool-1-thread-")
                                    // the JDK's carriers, though greenlets have made the workers
                                    .contains("@ForkJoinPool-1-worker-")
                                    .contains("platform threads of the pool: 0"));
            assertThat(burst.answers())
                    .filteredOn(answer -> answer.contains("at most " + BOUND + " at once"))
                    .hasSizeGreaterThan(REQUESTS / 2);
            assertThat(burst.answers())
                    .noneMatch(answer -> answer.contains("at most " + (BOUND + 1) + " at once"));
            assertThat(burst.time()).isGreaterThanOrEqualTo(AT_LEAST);
            program.awaitLog("PooledCalls:\\d+ \\(newFixedThreadPool, at most 20 threads");
            assertThat(program.log())
                    .containsOnlyOnce("monkey-patch=executors: places of the code with pools on ");
            Agents.assertWarnsOfNothing(program);
        }
    }
}
