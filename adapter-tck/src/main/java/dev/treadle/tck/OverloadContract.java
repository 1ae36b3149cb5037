package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.QueueOrder;
import dev.treadle.settings.WorkerModel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The gate under overload: how requests are refused, which always pass, and which leave the queue.
 */
@SameWithoutLoops
public interface OverloadContract extends GateContract {
    @EachModel
    default void theStatusOfARefusalIsThatOfTheSettings(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 1)
                                .queue(0)
                                .refuseStatus(429)
                                .retryAfter(Duration.ofSeconds(7))
                                .build());
        CompletableFuture<Client.Answer> held = run.getLater("/hold");
        run.untilInside(1);
        Client client = run.connect();
        for (int i = 0; i < 3; i++) {
            Client.Answer refused = client.get("/hello");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("retry-after")).isEqualTo("7");
            assertThat(refused.header("connection")).isNotEqualTo("close");
        }
        run.probe().letGo();
        assertThat(TckRun.result(held).status()).isEqualTo(200);
        run.untilIdle();
        assertThat(client.get("/hello").text()).isEqualTo("hello");
    }

    @EachModel
    default void aRetryAfterOfZeroIsNotSent(WorkerModel model) throws Exception {
        TckRun run =
                start(GateContract.settings(model, 1).queue(0).retryAfter(Duration.ZERO).build());
        CompletableFuture<Client.Answer> held = run.getLater("/hold");
        run.untilInside(1);
        Client.Answer refused = run.connect().get("/hello");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("retry-after")).isNull();
        run.probe().letGo();
        assertThat(TckRun.result(held).status()).isEqualTo(200);
    }

    @EachModel
    default void aPriorityPathPassesAlways(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 1)
                                .queue(0)
                                .priorityPaths(List.of("/hello"))
                                .build());
        CompletableFuture<Client.Answer> held = run.getLater("/hold");
        run.untilInside(1);
        assertThat(run.connect().get("/hello").text()).isEqualTo("hello");
        assertThat(run.connect().get("/thread").status()).isEqualTo(503);
        assertThat(run.gate().active()).isEqualTo(1);
        run.probe().letGo();
        assertThat(TckRun.result(held).status()).isEqualTo(200);
    }

    @EachModel
    default void theReadyPathIsAnsweredByTheGate(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 1).queue(0).readyPath("/-/ready").build());
        CompletableFuture<Client.Answer> held = run.getLater("/hold");
        run.untilInside(1);
        Client client = run.connect();
        for (int i = 0; i < 3; i++) {
            Client.Answer ready = client.get("/-/ready");
            assertThat(ready.status()).isEqualTo(200);
            assertThat(ready.text()).startsWith("ready");
        }
        assertThat(run.workers().stats().gate().completed()).isZero();
        run.probe().letGo();
        assertThat(TckRun.result(held).status()).isEqualTo(200);
    }

    @EachModel
    default void aLimitOfAPathTakesNoPlaceFromOthers(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 2)
                                .queueTimeout(Duration.ofSeconds(60))
                                .limit("/hold", 1, 1, Duration.ofSeconds(60))
                                .build());
        CompletableFuture<Client.Answer> first = run.getLater("/hold");
        run.untilInside(1);
        CompletableFuture<Client.Answer> second = run.getLater("/hold");
        run.until(
                "one waits for the limit",
                () -> run.workers().stats().limits().getFirst().queue().waiting() == 1);
        assertThat(run.connect().get("/hold").status()).isEqualTo(503);
        assertThat(run.gate().active()).isEqualTo(1);
        assertThat(run.gate().waiting()).isZero();
        for (int i = 0; i < 5; i++) {
            assertThat(run.connect().get("/hello").text()).isEqualTo("hello");
        }
        run.probe().letGo();
        assertThat(TckRun.result(first).status()).isEqualTo(200);
        assertThat(TckRun.result(second).status()).isEqualTo(200);
        run.untilIdle();
        assertThat(run.workers().stats().limits().getFirst().active()).isZero();
        assertThat(run.workers().stats().limits().getFirst().refused().total()).isEqualTo(1);
    }

    @EachModel
    default void whoWaitsTooLongForALimitIsRefused(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 2)
                                .limit("/hold", 1, 5, Duration.ofMillis(100))
                                .build());
        CompletableFuture<Client.Answer> first = run.getLater("/hold");
        run.untilInside(1);
        assertThat(run.connect().get("/hold").status()).isEqualTo(503);
        assertThat(run.workers().stats().gate().refused().queueTimeout()).isEqualTo(1);
        run.probe().letGo();
        assertThat(TckRun.result(first).status()).isEqualTo(200);
    }

    /** The second queue has its own time, which begins when the first is passed. */
    @EachModel
    default void whoHasPassedALimitWaitsAtTheGateForAsLongAsOthers(WorkerModel model)
            throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 1)
                                .queue(5)
                                .queueTimeout(Duration.ofMillis(300))
                                .limit("/hello", 1, 5, Duration.ofMillis(10))
                                .build());
        CompletableFuture<Client.Answer> held = run.getLater("/hold");
        run.untilInside(1);
        long start = System.nanoTime();
        assertThat(run.connect().get("/hello").status()).isEqualTo(503);
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isGreaterThanOrEqualTo(Duration.ofMillis(300));
        assertThat(run.workers().stats().limits().getFirst().active()).isZero();
        run.probe().letGo();
        assertThat(TckRun.result(held).status()).isEqualTo(200);
    }

    @EachModel
    default void underOverloadTheNewestGoesFirstWhereThatIsAskedFor(WorkerModel model)
            throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 1)
                                .queue(10)
                                .queueOrder(QueueOrder.ADAPTIVE_LIFO)
                                .build());
        List<CompletableFuture<Client.Answer>> answers = new ArrayList<>();
        answers.add(run.getLater("/hold?name=0"));
        run.untilInside(1);
        for (int i = 1; i <= 4; i++) {
            answers.add(run.getLater("/hold?name=" + i));
            run.untilWaiting(i);
        }
        run.until(
                "the queue stands",
                () -> run.workers().stats().gate().queue().longestWaiting().toMillis() > 150);
        run.probe().letGo();
        for (CompletableFuture<Client.Answer> answer : answers) {
            assertThat(TckRun.result(answer).status()).isEqualTo(200);
        }
        assertThat(run.probe().order()).containsExactly("0", "4", "3", "2", "1");
    }

    /** A request whose client has left is not begun. */
    @EachModel
    default void nothingIsDoneForThoseWhoLeft(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 5)
                                .queue(200)
                                .queueTimeout(Duration.ofSeconds(60))
                                .build());
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            clients.add(run.connect().sendGet("/hold"));
        }
        run.untilInside(5);
        run.untilWaiting(55);
        for (Client client : clients) {
            client.close();
        }
        run.untilWaiting(0);
        run.probe().letGo();
        run.untilIdle();
        assertThat(run.probe().order()).hasSize(5);
        assertThat(run.workers().stats().gate().refused().clientsGone()).isEqualTo(55);
        assertThat(run.connect().get("/hello").text()).isEqualTo("hello");
    }

    /** Users who press reload, be it by closing the connection or by resetting it. */
    @EachModel
    default void aClientThatLeavesTheLineGivesUpItsPlaceAtOnce(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 1)
                                .queue(20)
                                .queueTimeout(Duration.ofSeconds(60))
                                .build());
        CompletableFuture<Client.Answer> held = run.getLater("/hold?name=first");
        run.untilInside(1);
        List<Client> gone = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            gone.add(run.connect().sendGet("/hold?name=gone"));
            run.untilWaiting(i);
        }
        CompletableFuture<Client.Answer> patient = run.getLater("/hold?name=patient");
        run.untilWaiting(7);
        // a reset connection is known to be one only if it was seen before
        run.until(
                "all are looked at",
                () -> run.workers().stats().gate().queue().longestWaiting().toMillis() > 1_500);
        for (int i = 0; i < gone.size(); i++) {
            if (i % 2 == 0) {
                gone.get(i).close();
            } else {
                gone.get(i).abort();
            }
        }
        run.untilWaiting(1);
        assertThat(run.workers().stats().gate().refused().clientsGone()).isEqualTo(6);
        run.probe().letGo();
        assertThat(TckRun.result(held).status()).isEqualTo(200);
        assertThat(TckRun.result(patient).status()).isEqualTo(200);
        assertThat(run.probe().order()).containsExactly("first", "patient");
    }
}
