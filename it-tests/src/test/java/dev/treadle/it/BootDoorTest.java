package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A Boot application with a context path when all its workers are taken, and its end: one start of
 * it for each line.
 */
final class BootDoorTest {

    /** Longer than the test: what takes so long is ended by the stop. */
    private static final String LONG = "?ms=600000";

    static List<BootLine> lines() {
        return BootLine.newestOrAll();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lines")
    void aFullServerAnswersHealthHoldsItsLimitsAndReportsItsStop(BootLine line) throws Exception {
        try (ThirdParty party = new ThirdParty();
                BootServer server =
                        BootServer.start(
                                line,
                                "--threads=3",
                                "--treadle.queue=0",
                                "--treadle.limits[/checkout]=1:0",
                                "--treadle.limits[/x/deferred]=2:0",
                                "--treadle.priority-path=/nothing/*",
                                "--treadle.drain=1s",
                                // the call of the third party ignores its interrupt on a platform
                                // thread, and Boot waits for it for so long
                                "--spring.lifecycle.timeout-per-shutdown-phase=5s",
                                "--server.servlet.context-path=/x",
                                "--management.endpoints.web.base-path=/manage",
                                "--management.endpoint.health.probes.enabled=true",
                                "--management.endpoint.health.group.live.include=ping",
                                "--management.endpoint.health.group.live.additional-path=server:/alive",
                                "--spring.main.lazy-initialization=true",
                                party.argument());
                Web web = new Web(server.address())) {
            assertThat(server.process().out())
                    .containsPattern(
                            "Treadle 0.*: threads 3, .* \\(set by the flag --threads; treadle.flags=false leaves")
                    .doesNotContain("matches no request");
            CompletableFuture<?> held = web.getLater("/x/checkout" + LONG);
            await().atMost(PATIENCE).until(() -> party.inside() == 1);
            assertThat(status(web, "/x/checkout" + LONG)).as("over its limit").isEqualTo(503);
            CompletableFuture<?> first = web.getLater("/x/deferred?ms=29000");
            CompletableFuture<?> second = web.getLater("/x/deferred?ms=29000");
            await().atMost(PATIENCE).until(() -> status(web, "/x/hello") == 503);

            assertThat(status(web, "/x/manage/health")).isEqualTo(200);
            assertThat(status(web, "/x/manage/health/liveness")).isEqualTo(200);
            assertThat(status(web, "/x/manage/health/readiness")).isEqualTo(200);
            assertThat(status(web, "/x/manage/health/live")).isEqualTo(200);
            assertThat(status(web, "/x/alive")).isEqualTo(200);
            assertThat(status(web, "/x/manage/treadle")).isEqualTo(503);
            assertThat(status(web, "/x/hello")).isEqualTo(503);

            server.process().terminate();
            assertThat(server.process().exitCode()).isEqualTo(143); // 128 + SIGTERM
            assertThat(server.process().out())
                    .containsPattern(
                            "WARN .*drain: 3 requests still ran .* were interrupted: .*GET /x/checkout");
            CompletableFuture.allOf(held, first, second).exceptionally(cutOff -> null).get();
        }
    }

    private static int status(Web web, String path) throws Exception {
        return web.get(path).statusCode();
    }
}
