package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerModel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Requests that read and write by listeners: no thread waits, and the place is held meanwhile. */
public interface ListenerContract extends GateContract {
    private TckRun startWith(WorkerModel model, int n) throws Exception {
        return start(GateContract.settings(model, n).build());
    }

    @EachModel
    default void aListenerReadsABodyThatComesInSlowPieces(WorkerModel model) throws Exception {
        TckRun run = startWith(model, 1);
        Client client = run.connect();
        client.sendPost("/listener/upload", 500);
        for (int piece = 1; piece <= 5; piece++) {
            client.sendBody("x".repeat(100));
            long read = piece * 100L;
            run.until(read + " bytes read", () -> run.probe().bytesRead() == read);
            if (piece < 5) {
                assertThat(run.gate().active()).isEqualTo(1);
            }
        }
        assertThat(client.read().text()).isEqualTo("read 500");
        PermitContract.assertServesOn(run);
    }

    @EachModel
    default void aListenerWritesABigAnswerToASlowReader(WorkerModel model) throws Exception {
        int size = 5_000_000;
        TckRun run = startWith(model, 2);
        Client client = run.connectSlowly();
        client.sendGet("/listener/big?bytes=" + size);
        run.until("the answer is begun", () -> run.gate().active() == 1);
        assertThat(run.connect().get("/hello").text()).isEqualTo("hello");
        try {
            HttpContract.assertIsBig(client.read().body(), size);
        } catch (IOException lost) {
            // a race inside the container: a busy machine may deliver the answer all the same
            assertThat(gaps()).as("%s", lost).contains(Gap.WRITE_LISTENERS_LOSE_ANSWERS_OVER_HTTP2);
            client.abort();
        }
        PermitContract.assertServesOn(run);
    }

    @EachModel
    default void listenersThatWaitForTheirClientsUseNoCpu(WorkerModel model) throws Exception {
        int n = 6;
        TckRun run = startWith(model, n);
        List<Client> readers = new ArrayList<>();
        List<Client> writers = new ArrayList<>();
        for (int i = 0; i < n / 2; i++) {
            readers.add(run.connect().sendPost("/listener/upload", 20).sendBody("0123456789"));
            Client client = run.connectSlowly();
            client.sendGet("/listener/big?bytes=50000000");
            assertThat(client.readHead()).isEqualTo(200);
            writers.add(client);
        }
        run.until("first halves read", () -> run.probe().bytesRead() == n / 2 * 10L);
        run.untilNoCpuIsUsed();
        assertThat(run.gate().active()).isEqualTo(n);
        for (Client client : readers) {
            client.sendBody("0123456789");
            assertThat(client.read().text()).isEqualTo("read 20");
        }
        for (Client client : writers) {
            client.abort();
        }
        PermitContract.assertServesOn(run);
    }

    @EachModel
    default void aListenerHearsThatItsClientLeftDuringTheBody(WorkerModel model) throws Exception {
        TckRun run = startWith(model, 1);
        Client client = run.connect();
        client.sendPost("/listener/upload", 1_000).sendBody("beginning");
        run.until("the beginning is read", () -> run.probe().bytesRead() == 9);
        client.abort();
        run.untilNoted("error");
        PermitContract.assertServesOn(run);
    }

    /**
     * The client leaves when its window is full: Undertow (2.3.26) tells a listener nothing of a
     * write that fails while it writes.
     */
    @EachModel
    default void aListenerHearsThatItsClientLeftDuringTheAnswer(WorkerModel model)
            throws Exception {
        TckRun run = startWith(model, 1);
        Client client = run.connectSlowly();
        client.sendGet("/listener/big?bytes=50000000");
        assertThat(client.readHead()).isEqualTo(200);
        run.untilNoCpuIsUsed();
        client.abort();
        run.untilNoted("error");
        PermitContract.assertServesOn(run);
    }
}
