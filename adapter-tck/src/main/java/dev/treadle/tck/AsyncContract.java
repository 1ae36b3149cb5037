package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerModel;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Asynchronous requests hold their permit to their very end, and go on where the engine is. */
public interface AsyncContract extends GateContract {
    private TckRun startWithOne(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 1).queue(20).build());
        run.expectWarning("thrown by the application");
        return run;
    }

    @EachModel
    default void permitIsHeldUntilAnAsyncRequestCompletes(WorkerModel model) throws Exception {
        TckRun run = startWithOne(model);
        CompletableFuture<Client.Answer> async = run.getLater("/async/complete");
        run.until("the request is inside", () -> run.gate().active() == 1);
        CompletableFuture<Client.Answer> next = run.getLater("/hello");
        run.untilWaiting(1);
        run.probe().letGo();
        assertThat(TckRun.result(async).text()).isEqualTo("completed");
        assertThat(TckRun.result(next).text()).isEqualTo("hello");
        PermitContract.assertServesOn(run);
    }

    @EachModel
    default void permitComesBackAfterAnAsyncTimeout(WorkerModel model) throws Exception {
        TckRun run = startWithOne(model);
        assertThat(run.connect().get("/async/timeout").status()).isEqualTo(500);
        PermitContract.assertServesOn(run);
    }

    @EachModel
    default void permitComesBackAfterAHandledAsyncTimeout(WorkerModel model) throws Exception {
        TckRun run = startWithOne(model);
        Client.Answer answer = run.connect().get("/async/timeout-handled");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).startsWith("timed out on " + HttpContract.threadPrefix(model));
        PermitContract.assertServesOn(run);
    }

    /**
     * The other permits are all in use when the timeout strikes: the executor must run it all the
     * same.
     */
    @EachModel
    default void anAsyncTimeoutStrikesWhileAllOthersAreBusy(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 3).queue(20).build());
        CompletableFuture<Client.Answer> first = run.getLater("/hold");
        CompletableFuture<Client.Answer> second = run.getLater("/hold");
        run.untilInside(2);
        CompletableFuture<Client.Answer> async = run.getLater("/async/timeout-handled");
        assertThat(TckRun.result(async).text()).startsWith("timed out");
        run.probe().letGo();
        assertThat(TckRun.result(first).status()).isEqualTo(200);
        assertThat(TckRun.result(second).status()).isEqualTo(200);
    }

    @EachModel
    default void asyncDispatchRunsOnTheEngine(WorkerModel model) throws Exception {
        TckRun run = startWithOne(model);
        run.probe().letGo();
        assertThat(run.connect().get("/async/dispatch").text())
                .startsWith(HttpContract.threadPrefix(model));
        PermitContract.assertServesOn(run);
    }

    @EachModel
    default void asyncStartRunsOnTheEngine(WorkerModel model) throws Exception {
        TckRun run = startWithOne(model);
        assertThat(run.connect().get("/async/start").text())
                .startsWith(HttpContract.threadPrefix(model));
        PermitContract.assertServesOn(run);
    }

    @EachModel
    default void permitComesBackAfterAnExceptionInAnAsyncDispatch(WorkerModel model)
            throws Exception {
        TckRun run = startWithOne(model);
        run.probe().letGo();
        assertThat(run.connect().get("/async/dispatch-exception").status()).isEqualTo(500);
        PermitContract.assertServesOn(run);
    }

    @EachModel
    default void permitComesBackAfterASecondAsyncCycle(WorkerModel model) throws Exception {
        TckRun run = startWithOne(model);
        run.probe().letGo();
        assertThat(run.connect().get("/async/dispatch-again").text()).isEqualTo("completed");
        PermitContract.assertServesOn(run);
    }

    @EachModel
    default void permitComesBackAfterAnExceptionBehindStartAsync(WorkerModel model)
            throws Exception {
        TckRun run = startWithOne(model);
        assertThat(run.connect().get("/async/throw-after-start").status()).isEqualTo(500);
        PermitContract.assertServesOn(run);
    }

    @EachModel
    default void permitComesBackWhenTheClientLeavesAnAsyncRequest(WorkerModel model)
            throws Exception {
        TckRun run = startWithOne(model);
        Client client = run.connect();
        client.sendGet("/async/complete");
        run.until("the request is inside", () -> run.gate().active() == 1);
        client.abort();
        run.probe().letGo();
        PermitContract.assertServesOn(run);
    }

    /**
     * A client that has its answer is not ahead of the application: the listeners of the request
     * have run, as they have on the containers without workers.
     */
    @EachModel
    default void aRequestIsDestroyedBeforeItsAnswerEnds(WorkerModel model) throws Exception {
        TckRun run = startWithOne(model);
        run.probe().letGo();
        int answers = 0;
        for (String path : List.of("/async/complete", "/async/start", "/async/dispatch")) {
            Client client = run.connect(); // Tomcat closes one after 100 requests
            for (int i = 0; i < 70; i++) {
                assertThat(client.get(path).status()).isEqualTo(200);
                answers++;
                assertThat(run.probe().destroyed()).as(path).isGreaterThanOrEqualTo(answers);
            }
        }
    }

    /** No code completes the request, it has no timeout, and no thread runs for it. */
    @EachModel
    default void anIdleAsyncRequestEndsWhenItsClientClosesTheConnection(WorkerModel model)
            throws Exception {
        TckRun run = startWithOne(model);
        Client client = idle(run);
        client.close();
        assertIdleRequestEnds(run);
    }

    @EachModel
    default void anIdleAsyncRequestEndsWhenItsClientResetsTheConnection(WorkerModel model)
            throws Exception {
        TckRun run = startWithOne(model);
        Client client = idle(run);
        client.reset();
        assertIdleRequestEnds(run);
    }

    /** As chat servers do: the run of the other request is none of the one that asks for it. */
    @EachModel
    default void aRequestThatDispatchesAnotherOneEndsWithoutIt(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 3).build());
        CompletableFuture<Client.Answer> other = run.getLater("/async/keep");
        run.untilNoted("kept");
        Client client = run.connect();
        client.sendGet("/async/kick");
        run.untilInside(1);
        client.close();
        run.until("only the other is inside", () -> run.gate().active() == 1);
        assertThat(run.probe().inside()).isEqualTo(1);
        run.probe().letGo();
        assertThat(TckRun.result(other).text()).isEqualTo("held");
        run.untilIdle();
    }

    private static Client idle(TckRun run) throws Exception {
        Client client = run.connect();
        client.sendGet("/async/idle");
        run.untilNoted("idle");
        assertThat(run.gate().active()).isEqualTo(1);
        return client;
    }

    /** The listener of the application is called, and the place is free. */
    static void assertIdleRequestEnds(TckRun run) throws Exception {
        run.untilNoted("error");
        PermitContract.assertServesOn(run);
        run.untilNoted("complete");
    }
}
