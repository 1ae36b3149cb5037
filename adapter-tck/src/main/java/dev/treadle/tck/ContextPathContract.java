package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerModel;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The path patterns of the settings hold in an application with a context path: as patterns of the
 * path inside the application, as servlet mappings are, and as patterns of the whole path.
 */
@SameWithoutLoops
public interface ContextPathContract extends GateContract {
    /** Where the application is. */
    String CONTEXT = "/shop";

    @EachModel
    default void aPriorityPathPassesAFullGateInsideTheApplication(WorkerModel model)
            throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 1)
                                .queue(0)
                                .priorityPaths(List.of("/healthz/*"))
                                .build(),
                        CONTEXT);
        CompletableFuture<Client.Answer> held = run.getLater(CONTEXT + "/hold");
        run.untilInside(1);
        assertThat(run.connect().get(CONTEXT + "/healthz/live").text()).isEqualTo("alive");
        for (String way : PathForms.of(CONTEXT + "/hello")) {
            assertThat(run.connect().sendGet(way).readHead()).as(way).isIn(400, 404, 503);
        }
        String within = CONTEXT + "/healthz/../hello";
        assertThat(run.connect().sendGet(within).readHead()).isIn(400, 404, 503);
        run.probe().letGo();
        assertThat(TckRun.result(held).status()).isEqualTo(200);
    }

    @EachModel
    default void aPriorityPathMayBeTheWholePath(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 1)
                                .queue(0)
                                .priorityPaths(List.of(CONTEXT + "/healthz/live"))
                                .build(),
                        CONTEXT);
        CompletableFuture<Client.Answer> held = run.getLater(CONTEXT + "/hold");
        run.untilInside(1);
        assertThat(run.connect().get(CONTEXT + "/healthz/live").text()).isEqualTo("alive");
        assertThat(run.connect().get(CONTEXT + "/healthz/other").status()).isEqualTo(503);
        run.probe().letGo();
        assertThat(TckRun.result(held).status()).isEqualTo(200);
    }

    @EachModel
    default void aLimitHoldsInsideTheApplicationAndOnTheWholePath(WorkerModel model)
            throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 100)
                                .limit("/held/*", 1, 0, Duration.ofSeconds(1))
                                .limit(CONTEXT + "/hold", 1, 0, Duration.ofSeconds(1))
                                .build(),
                        CONTEXT);
        List<String> paths = List.of(CONTEXT + "/held/a", CONTEXT + "/hold");
        List<CompletableFuture<Client.Answer>> held = paths.stream().map(run::getLater).toList();
        run.untilInside(2);
        for (String path : paths) {
            for (String way : PathForms.of(path)) {
                Client client = run.connect();
                CompletableFuture<Integer> answer = run.later(() -> client.sendGet(way).readHead());
                run.until(
                        way + " is answered, or inside",
                        () -> answer.isDone() || run.probe().inside() > 2);
                assertThat(run.probe().inside()).as(way).isEqualTo(2);
                assertThat(TckRun.result(answer)).as(way).isIn(400, 404, 503);
            }
        }
        assertThat(run.connect().get(CONTEXT + "/hello").text()).isEqualTo("hello");
        run.probe().letGo();
        for (CompletableFuture<Client.Answer> answer : held) {
            assertThat(TckRun.result(answer).status()).isEqualTo(200);
        }
    }

    @EachModel
    default void theReadyPathIsAnsweredInsideTheApplicationToo(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 1).readyPath("/-/ready").build(), CONTEXT);
        assertThat(run.connect().get("/-/ready").text()).contains("ready");
        assertThat(run.connect().get(CONTEXT + "/-/ready").text()).contains("ready");
    }

    /** The message is in the log of the start, where users look for it. */
    @EachModel
    default void aPatternThatCanMatchNothingIsAWarning(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 10)
                                .priorityPaths(List.of("/healthz/../live"))
                                .limit("/held/*", 5, 0, Duration.ofSeconds(1))
                                .limit("/held/a", 1, 0, Duration.ofSeconds(1))
                                .build(),
                        CONTEXT);
        run.expectWarning("priority-path: /healthz/\\.\\./live .* matches no request");
        run.expectWarning("limit: /held/a .*in front of /held/\\*.* matches no request");
        assertThat(run.warnings())
                .filteredOn(warning -> warning.contains("matches no request"))
                .hasSize(2);
    }
}
