package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerModel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The features of HTTP/1.1 only. */
public interface Http1Contract extends GateContract {
    @EachModel
    default void pipelinedRequestsAreAnsweredInOrder(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 1).queue(20).build());
        RawClient client = run.connectRaw();
        String get = "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n";
        client.send(
                get.formatted("/hello")
                        + get.formatted("/thread")
                        + get.formatted("/missing")
                        + get.formatted("/hello"));
        assertThat(client.read().text()).isEqualTo("hello");
        assertThat(client.read().text()).startsWith(HttpContract.threadPrefix(model));
        assertThat(client.read().status()).isEqualTo(404);
        assertThat(client.read().text()).isEqualTo("hello");
    }

    /** The next requests are not read during a request, and do not keep a loop busy. */
    @EachModel
    default void requestThatComesWhileAnotherBlocksIsAnsweredAfterIt(WorkerModel model)
            throws Exception {
        TckRun run = start(GateContract.settings(model, 4).build());
        RawClient client = run.connectRaw();
        for (int i = 0; i < 2; i++) {
            client.sendGet("/hello");
            assertThat(client.read().text()).isEqualTo("hello");
        }
        client.sendGet("/held/a");
        run.until("the first is inside", () -> run.probe().inside() == 1);
        client.sendGet("/hello");
        run.untilNoCpuIsUsed();
        client.sendGet("/thread");
        run.untilNoCpuIsUsed();
        assertThat(run.gate().active()).isEqualTo(1);
        run.probe().letGo();
        assertThat(client.read().status()).isEqualTo(200);
        assertThat(client.read().text()).isEqualTo("hello");
        assertThat(client.read().text()).startsWith(HttpContract.threadPrefix(model));
    }

    @EachModel
    default void requestThatComesWhileAListenerWritesIsAnsweredAfterIt(WorkerModel model)
            throws Exception {
        int size = 5_000_000;
        TckRun run = start(GateContract.settings(model, 4).build());
        Client client = run.connectSlowly();
        client.sendGet("/listener/big?bytes=" + size);
        run.until("the answer is begun", () -> run.gate().active() == 1);
        client.sendGet("/hello");
        run.untilNoCpuIsUsed();
        HttpContract.assertIsBig(client.read().body(), size);
        assertThat(client.read().text()).isEqualTo("hello");
    }

    /**
     * Answers that are complete before the bodies of their requests. Their places come back, and
     * clients that send such a body slowly hold no thread that another request needs, however many
     * they are.
     */
    @EachModel
    default void restsOfBodiesHoldNoThreads(WorkerModel model) throws Exception {
        int clients = 160; // more than the threads of the model threads with this N
        TckRun run = start(GateContract.settings(model, 4).build());
        List<RawClient> slow = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            RawClient client = run.connectRaw();
            client.send(
                    "POST /hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n0123456789");
            // Tomcat waits 60 s for a client
            assertThat(run.later(client::read)).succeedsWithin(Duration.ofSeconds(30));
            slow.add(client);
        }
        run.untilIdle();
        for (RawClient client : slow) {
            client.reset();
        }
        PermitContract.assertServesOn(run);
    }

    @EachModel
    default void aWebSocketEchoes(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 4).build());
        try (WebSocketClient socket = new WebSocketClient(run.server().port())) {
            for (int i = 0; i < 10; i++) {
                assertThat(socket.echo("message " + i))
                        .startsWith("message " + i + " on " + HttpContract.threadPrefix(model));
            }
        }
    }

    @EachModel
    default void permitIsNotHeldByAnOpenWebSocket(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 1).queue(20).build());
        try (WebSocketClient socket = new WebSocketClient(run.server().port())) {
            assertThat(socket.echo("one")).startsWith("one on ");
            run.untilIdle();
            assertThat(run.connect().get("/hello").text()).isEqualTo("hello");
            assertThat(socket.echo("two")).startsWith("two on ");
        }
    }
}
