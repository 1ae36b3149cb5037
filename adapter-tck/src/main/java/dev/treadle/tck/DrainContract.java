package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.WorkerModel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A stop says that it comes, and cuts nobody off within the grace. */
@SameWithoutLoops
public interface DrainContract extends GateContract {
    /** How many are inside in {@link #nobodyInsideIsCutOff}. */
    int INSIDE = Integer.getInteger("treadle.tck.drained", 100);

    @EachModel
    default void aStopSaysSoAndGoesOnTakingRequestsForAWhile(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 4)
                                .readyPath("/-/ready")
                                .drainDelay(Duration.ofSeconds(60))
                                .build());
        RawClient kept = run.connect();
        assertThat(kept.get("/hello").header("connection")).isNotEqualTo("close");
        CompletableFuture<RawClient.Answer> inside = run.getLater("/hold");
        run.untilInside(1);
        CompletableFuture<Boolean> leaving =
                run.later(() -> {
                    run.workers().prepareStop();
                    return true;
                });
        run.until("it says so", () -> !run.gate().ready());
        assertThat(leaving).isNotDone();
        assertThat(run.connect().get("/-/ready").status()).isEqualTo(503);
        for (String path : List.of("/hello", "/big?bytes=100000", "/async/start", "/missing")) {
            RawClient.Answer answer = run.connect().get(path);
            assertThat(answer.status()).isEqualTo(path.equals("/missing") ? 404 : 200);
            assertThat(answer.header("connection")).as(path).isEqualToIgnoringCase("close");
        }
        assertThat(kept.get("/hello").header("connection")).isEqualToIgnoringCase("close");
        run.probe().letGo();
        RawClient.Answer last = TckRun.result(inside);
        assertThat(last.text()).isEqualTo("held");
        assertThat(last.header("connection")).isEqualToIgnoringCase("close");
        run.workers().resume();
        assertThat(TckRun.result(leaving)).isTrue();
        RawClient again = run.connect();
        assertThat(again.get("/-/ready").status()).isEqualTo(200);
        assertThat(again.get("/hello").header("connection")).isNotEqualTo("close");
        run.workers().switchTo(GateContract.settings(model, 4).build()); // without that delay
    }

    @EachModel
    default void nobodyInsideIsCutOff(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, INSIDE).build());
        List<CompletableFuture<RawClient.Answer>> answers = new ArrayList<>();
        for (int i = 0; i < INSIDE; i++) {
            answers.add(run.getLater("/hold"));
        }
        run.untilInside(INSIDE);
        CompletableFuture<Boolean> stopped =
                run.later(() -> {
                    run.shutDown();
                    return true;
                });
        run.until("draining", () -> run.gate().draining());
        run.probe().letGo();
        for (CompletableFuture<RawClient.Answer> answer : answers) {
            assertThat(TckRun.result(answer).text()).isEqualTo("held");
        }
        assertThat(TckRun.result(stopped)).isTrue();
    }

    @EachModel
    default void whoWaitsForALimitFinishesToo(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 4)
                                .limit("/hold", 1, 5, Duration.ofSeconds(60))
                                .build());
        List<CompletableFuture<RawClient.Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            answers.add(run.getLater("/hold"));
        }
        run.until(
                "two wait for the limit",
                () -> run.workers().stats().limits().getFirst().waiting() == 2);
        CompletableFuture<Boolean> stopped =
                run.later(() -> {
                    run.shutDown();
                    return true;
                });
        run.until("draining", () -> run.gate().draining());
        run.probe().letGo();
        for (CompletableFuture<RawClient.Answer> answer : answers) {
            assertThat(TckRun.result(answer).text()).isEqualTo("held");
        }
        assertThat(TckRun.result(stopped)).isTrue();
    }
}
