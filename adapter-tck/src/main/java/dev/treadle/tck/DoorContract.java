package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerModel;
import dev.treadle.settings.WorkerSettings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The gate cannot be bypassed, forged or blocked, and its figures are true. */
@SameWithoutLoops
public interface DoorContract extends GateContract {
    @EachModel
    default void noWayToWriteAPathGivesItThePriorityOfAnother(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 1)
                                .queue(0)
                                .priorityPaths(List.of("/healthz/*"))
                                .build());
        CompletableFuture<Client.Answer> held = run.getLater("/hold");
        run.untilInside(1);
        assertThat(run.connect().get("/healthz/live").text()).isEqualTo("alive");
        for (String way : PathForms.of("/hello")) {
            assertThat(run.connect().sendGet(way).readHead()).as(way).isIn(400, 404, 503);
        }
        assertThat(run.connect().get("/hello").status()).isEqualTo(503);
        run.probe().letGo();
        assertThat(TckRun.result(held).status()).isEqualTo(200);
    }

    @EachModel
    default void noWayToWriteAPathEvadesItsLimit(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 100)
                                .limit("/hold", 1, 0, Duration.ofSeconds(1))
                                .build());
        CompletableFuture<Client.Answer> held = run.getLater("/hold");
        run.untilInside(1);
        for (String way : PathForms.of("/hold")) {
            Client client = run.connect();
            CompletableFuture<Integer> answer = run.later(() -> client.sendGet(way).readHead());
            run.until(
                    way + " is answered, or inside",
                    () -> answer.isDone() || run.probe().inside() > 1);
            assertThat(run.probe().inside()).as(way).isEqualTo(1);
            assertThat(TckRun.result(answer)).as(way).isIn(400, 404, 503);
        }
        run.probe().letGo();
        assertThat(TckRun.result(held).status()).isEqualTo(200);
    }

    /** Those beyond the bound of priority requests pass the gate like all others. */
    @EachModel
    default void priorityRequestsHaveABound(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 2)
                                .queue(0)
                                .priorityPaths(List.of("/healthz/*"))
                                .build());
        int bound = 16;
        List<CompletableFuture<Client.Answer>> answers = new ArrayList<>();
        for (int i = 1; i <= bound + 2; i++) {
            answers.add(run.getLater("/healthz/hold"));
            run.untilInside(i);
        }
        assertThat(run.gate().active()).isEqualTo(2);
        CompletableFuture<Client.Answer> over = run.getLater("/healthz/hold");
        run.until("refused", over::isDone);
        assertThat(TckRun.result(over).status()).isEqualTo(503);
        assertThat(run.connect().get("/hello").status()).isEqualTo(503);
        run.probe().letGo();
        for (CompletableFuture<Client.Answer> answer : answers) {
            assertThat(TckRun.result(answer).text()).isEqualTo("held");
        }
        run.untilIdle();
        assertThat(run.connect().get("/healthz/live").text()).isEqualTo("alive");
    }

    /** Requests that priority lets in take no thread from those that the gate refuses or admits. */
    @EachModel
    default void slowPriorityRequestsBlockNobody(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 2)
                                .queue(0)
                                .priorityPaths(List.of("/healthz/*"))
                                .build());
        List<CompletableFuture<Client.Answer>> answers = new ArrayList<>();
        for (int i = 1; i <= 12; i++) {
            answers.add(run.getLater("/healthz/hold"));
        }
        run.untilInside(12);
        assertThat(run.connect().get("/hello").text()).isEqualTo("hello");
        run.untilIdle();
        answers.add(run.getLater("/hold"));
        answers.add(run.getLater("/hold"));
        run.untilInside(14);
        for (int i = 0; i < 3; i++) {
            assertThat(run.connect().get("/hello").status()).isEqualTo(503);
        }
        run.probe().letGo();
        for (CompletableFuture<Client.Answer> answer : answers) {
            assertThat(TckRun.result(answer).status()).isEqualTo(200);
        }
    }

    /** The limit has room, so that nothing but the gate stands in the way. */
    @EachModel
    default void withoutALineARequestWithALimitIsRefusedToo(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 1)
                                .queue(0)
                                .queueTimeout(Duration.ofSeconds(60))
                                .limit("/hello", 5, 5, Duration.ofSeconds(60))
                                .build());
        CompletableFuture<Client.Answer> held = run.getLater("/hold");
        run.untilInside(1);
        CompletableFuture<Client.Answer> refused = run.getLater("/hello");
        run.until(
                "refused, or in the queue",
                () -> refused.isDone() || run.workers().stats().gate().queue().waiting() > 0);
        assertThat(TckRun.result(refused).status()).isEqualTo(503);
        assertThat(run.workers().stats().gate().refused().queueFull()).isEqualTo(1);
        assertThat(run.workers().stats().limits().getFirst().active()).isZero();
        run.probe().letGo();
        assertThat(TckRun.result(held).status()).isEqualTo(200);
    }

    /**
     * The first request passes its limit and waits at the gate for the whole queue-timeout. The
     * second one waits for the first one as long, and has no time left for the gate.
     */
    @EachModel
    default void bothLinesTogetherTakeNoLongerThanQueueTimeout(WorkerModel model) throws Exception {
        Duration longest = Duration.ofSeconds(2);
        TckRun run =
                start(
                        GateContract.settings(model, 1)
                                .queue(5)
                                .queueTimeout(longest)
                                .limit("/hello", 1, 5, longest)
                                .build());
        CompletableFuture<Client.Answer> held = run.getLater("/hold");
        run.untilInside(1);
        CompletableFuture<Client.Answer> first = run.getLater("/hello");
        run.untilWaiting(1);
        long start = System.nanoTime();
        CompletableFuture<Client.Answer> second = run.getLater("/hello");
        assertThat(TckRun.result(first).status()).isEqualTo(503);
        assertThat(TckRun.result(second).status()).isEqualTo(503);
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(longest.minusMillis(1), longest.multipliedBy(2).minusMillis(300));
        assertThat(run.workers().stats().gate().refused().queueTimeout()).isEqualTo(2);
        assertThat(run.workers().stats().limits().getFirst().active()).isZero();
        run.probe().letGo();
        assertThat(TckRun.result(held).status()).isEqualTo(200);
    }

    /** The queue of a limit is as long as its setting says, and a full gate does not empty it. */
    @EachModel
    default void aFullGateDoesNotEmptyTheLineOfALimit(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 1)
                                .queue(1)
                                .queueTimeout(Duration.ofSeconds(60))
                                .limit("/hold", 1, 4, Duration.ofSeconds(60))
                                .build());
        List<CompletableFuture<Client.Answer>> answers = new ArrayList<>();
        answers.add(run.getLater("/hold"));
        run.untilInside(1);
        for (int i = 1; i <= 4; i++) {
            answers.add(run.getLater("/hold"));
            int waiting = i;
            run.until(
                    "in the queue of the limit",
                    () -> run.workers().stats().limits().getFirst().queue().waiting() == waiting);
        }
        CompletableFuture<Client.Answer> other = run.getLater("/hello");
        run.untilWaiting(1);
        assertThat(run.connect().get("/thread").status()).isEqualTo(503);
        run.probe().letGo();
        answers.add(other);
        for (CompletableFuture<Client.Answer> answer : answers) {
            assertThat(TckRun.result(answer).status()).isEqualTo(200);
        }
    }

    /** Text from a client stays one line of plain text wherever it is shown. */
    @EachModel
    default void aLogLineCannotBeForged(WorkerModel model) throws Exception {
        TckRun run =
                start(GateContract.settings(model, 2).harakiri(Duration.ofMillis(200)).build());
        run.expectWarning("harakiri: ");
        run.expectWarning("interrupted");
        run.expectWarning("Closed by interrupt");
        String forged = "/held/x%0d%0aERROR%20forged%1b%5b31m%e2%80%aegpj.exe" + "y".repeat(3_000);
        Client.Answer answer = run.connect().get(forged);
        if (answer.status() != 400) { // a container may refuse such a path by itself
            assertThat(answer.status()).isEqualTo(503);
            run.until(
                    "the log line",
                    () -> run.warnings().stream().anyMatch(line -> line.contains("/held/x")));
            assertThat(run.warnings())
                    .filteredOn(line -> line.contains("/held/x"))
                    .allSatisfy(line ->
                            assertThat(line.strip())
                                    .doesNotContain("\u001b", "\u202e", "y".repeat(200)))
                    .filteredOn(line -> line.contains("harakiri: "))
                    .isNotEmpty()
                    .allSatisfy(line ->
                            assertThat(line)
                                    .contains("/held/x\\u000d\\u000aERROR forged\\u001b[31m\\u202e")
                                    .doesNotContainPattern("\n(?i)ERROR forged"));
        }
        run.untilIdle();
    }

    /** The queues of the limits count as the queue of the gate does. */
    @EachModel
    default void waitingCountsEveryLine(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 2)
                                .queueTimeout(Duration.ofSeconds(60))
                                .limit("/hold", 1, 5, Duration.ofSeconds(60))
                                .build());
        List<CompletableFuture<Client.Answer>> answers = new ArrayList<>();
        answers.add(run.getLater("/hold"));
        run.untilInside(1);
        answers.add(run.getLater("/hold"));
        answers.add(run.getLater("/hold"));
        run.until(
                "in the queue",
                () -> run.workers().stats().limits().getFirst().queue().waiting() == 2);
        assertThat(run.workers().stats().gate().queue().waiting()).isEqualTo(2);
        assertThat(run.gate().waiting()).isZero();
        run.probe().letGo();
        for (CompletableFuture<Client.Answer> answer : answers) {
            assertThat(TckRun.result(answer).status()).isEqualTo(200);
        }
    }

    /** Counts are kept, no matter on which engine the requests ran. */
    @EachModel
    default void countersNeverFall(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 4).build());
        WorkerSettings before = run.workers().settings();
        run.expectWarning("spare carrier");
        run.workers()
                .switchTo(
                        WorkerSettings.builder()
                                .gevent(4)
                                .hubs(1)
                                .retake(Duration.ofMillis(1))
                                .build());
        CompletableFuture<Client.Answer> spinning = run.getLater("/spin");
        run.untilInside(1);
        CompletableFuture<Client.Answer> beside = run.getLater("/hello");
        run.until("a retake", () -> run.workers().stats().hubs().retakes() > 0);
        run.until("a long slice", () -> run.workers().stats().hubs().longSlices() > 0);
        run.probe().letGo();
        assertThat(TckRun.result(spinning).status()).isEqualTo(200);
        assertThat(TckRun.result(beside).text()).isEqualTo("hello");
        run.untilIdle();
        long retakes = run.workers().stats().hubs().retakes();
        long slices = run.workers().stats().hubs().longSlices();
        Duration longest = run.workers().stats().hubs().longestSlice();
        long completed = run.workers().stats().gate().completed();
        for (Map<String, String> change :
                List.of(Map.of("virtual", "4"), Map.of("gevent", "4", "hubs", "2"))) {
            run.workers().switchTo(run.workers().settings().changed("contract", change));
            assertThat(run.workers().stats().hubs().retakes()).isGreaterThanOrEqualTo(retakes);
            assertThat(run.workers().stats().hubs().longSlices()).isGreaterThanOrEqualTo(slices);
            assertThat(run.workers().stats().hubs().longestSlice()).isGreaterThanOrEqualTo(longest);
            assertThat(run.workers().stats().gate().completed()).isGreaterThanOrEqualTo(completed);
        }
        run.workers().switchTo(before);
        assertThat(run.workers().stats().hubs().retakes()).isGreaterThanOrEqualTo(retakes);
    }
}
