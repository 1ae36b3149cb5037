package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerModel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * However a request ends, its permit comes back: N is 1 here, so one lost permit blocks the server.
 */
public interface PermitContract extends GateContract {
    /**
     * A server that admits one request at a time, and logs of the container about what the
     * application throws.
     */
    private TckRun startWithOne(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 1).queue(20).build());
        run.expectWarning("thrown by the application");
        return run;
    }

    /** The permit is back, and the next request is served. */
    static void assertServesOn(TckRun run) throws Exception {
        run.untilIdle();
        assertThat(run.connect().get("/hello").text()).isEqualTo("hello");
    }

    @EachModel
    default void permitComesBackAfterANormalEnd(WorkerModel model) throws Exception {
        TckRun run = startWithOne(model);
        for (int i = 0; i < 20; i++) {
            assertThat(run.connect().get("/hello").status()).isEqualTo(200);
        }
        assertServesOn(run);
        run.untilIdle();
        assertThat(run.workers().stats().gate().completed()).isEqualTo(21);
    }

    @EachModel
    default void permitComesBackAfterAnException(WorkerModel model) throws Exception {
        TckRun run = startWithOne(model);
        assertThat(run.connect().get("/exception").status()).isEqualTo(500);
        assertServesOn(run);
    }

    @EachModel
    default void permitComesBackAfterAnError(WorkerModel model) throws Exception {
        TckRun run = startWithOne(model);
        assertThat(run.connect().get("/throw-error").status()).isEqualTo(500);
        assertServesOn(run);
    }

    @EachModel
    default void permitComesBackWhenTheClientLeavesDuringTheHandler(WorkerModel model)
            throws Exception {
        TckRun run = startWithOne(model);
        Client client = run.connect();
        client.sendGet("/hold");
        run.untilInside(1);
        client.abort();
        run.probe().letGo();
        assertServesOn(run);
    }

    @EachModel
    default void permitComesBackWhenTheClientLeavesDuringTheAnswer(WorkerModel model)
            throws Exception {
        TckRun run = startWithOne(model);
        Client client = run.connectSlowly();
        client.sendGet("/big?bytes=50000000");
        assertThat(client.readHead()).isEqualTo(200);
        client.abort();
        assertServesOn(run);
    }

    @EachModel
    default void permitComesBackWhenTheClientLeavesDuringTheUpload(WorkerModel model)
            throws Exception {
        TckRun run = startWithOne(model);
        Client client = run.connect();
        client.sendPost("/upload", 1_000).sendBody("beginning");
        run.until("the beginning is read", () -> run.probe().bytesRead() == 9);
        client.abort();
        assertServesOn(run);
    }

    @EachModel
    default void permitsComeBackWhenClientsLeaveInLine(WorkerModel model) throws Exception {
        TckRun run = startWithOne(model);
        CompletableFuture<Client.Answer> first = run.getLater("/hold");
        run.untilInside(1);
        List<Client> gone = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            gone.add(run.connect().sendGet("/hello"));
            run.untilWaiting(i);
        }
        for (Client client : gone) {
            client.abort();
        }
        run.probe().letGo();
        assertThat(TckRun.result(first).status()).isEqualTo(200);
        assertServesOn(run);
    }
}
