package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.settings.WorkerModel;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

import javax.management.ObjectName;

/** Start, stop and the outcome of the requests inside. */
public interface LifecycleContract extends GateContract {
    /** It stays the same after an update; a second server of the JVM has a number. */
    @EachModel
    default void theNameInJmxHasNoVersion(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 4).build());
        String container = run.workers().container().orElseThrow();
        String kind = container.substring(0, container.indexOf(' '));
        assertThat(
                        ManagementFactory.getPlatformMBeanServer()
                                .queryNames(new ObjectName("dev.treadle:type=Workers,*"), null))
                .extracting(name -> ObjectName.unquote(name.getKeyProperty("name")))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(name).matches(kind + "( \\(\\d+\\))?"));
    }

    @EachModel
    default void aStopLetsRunningRequestsFinish(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 4).build());
        CompletableFuture<Client.Answer> held = run.getLater("/hold");
        run.untilInside(1);
        CompletableFuture<Boolean> stopped = shutDownLater(run);
        run.until("draining", () -> run.gate().draining());
        assertThat(stopped).isNotDone();
        run.probe().letGo();
        assertThat(TckRun.result(held).text()).isEqualTo("held");
        TckRun.result(stopped);
    }

    @EachModel
    default void aStopLetsRequestsInLineFinish(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 1).queue(5).build());
        CompletableFuture<Client.Answer> held = run.getLater("/hold");
        run.untilInside(1);
        CompletableFuture<Client.Answer> inLine = run.getLater("/hello");
        run.untilWaiting(1);
        CompletableFuture<Boolean> stopped = shutDownLater(run);
        run.until("draining", () -> run.gate().draining());
        run.probe().letGo();
        assertThat(TckRun.result(held).text()).isEqualTo("held");
        assertThat(TckRun.result(inLine).text()).isEqualTo("hello");
        TckRun.result(stopped);
    }

    @EachModel
    default void noNewRequestIsServedDuringADrain(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 4).build());
        int port = run.server().port();
        Client kept = run.connect();
        assertThat(kept.get("/hello").status()).isEqualTo(200);
        CompletableFuture<Client.Answer> held = run.getLater("/hold");
        run.untilInside(1);
        CompletableFuture<Boolean> stopped = shutDownLater(run);
        run.until("draining", () -> run.gate().draining());
        assertRefusedOrClosed(kept);
        try (RawClient late = new RawClient(port)) {
            assertRefusedOrClosed(late);
        } catch (IOException notConnected) {
            // as good: the port is closed a moment after the drain has begun
        }
        run.probe().letGo();
        assertThat(TckRun.result(held).status()).isEqualTo(200);
        TckRun.result(stopped);
    }

    /**
     * On a connection that was open before the drain: 503 and the end of the connection, or the end
     * alone.
     */
    private static void assertRefusedOrClosed(Client client) {
        try {
            Client.Answer answer = client.get("/hello");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("connection")).isEqualToIgnoringCase("close");
        } catch (IOException closed) {
            // as good: what was not answered is closed
        }
    }

    @EachModel
    default void pastTheGraceRequestsAreCutOffAndReported(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 4).drain(Duration.ofMillis(100)).build());
        run.expectWarning("still ran after the grace");
        run.expectWarning("interrupted");
        CompletableFuture<Client.Answer> held = run.getLater("/hold?secret=1");
        run.untilInside(1);
        TckRun.result(shutDownLater(run));
        assertThat(run.warnings())
                .anySatisfy(warning ->
                        assertThat(warning)
                                .contains("1 requests", "GET /hold ")
                                .doesNotContain("secret"));
        assertThat(run.probe().inside()).isZero();
        try {
            assertThat(TckRun.result(held).status()).isGreaterThanOrEqualTo(500);
        } catch (IOException closed) {
            // as good: what was not answered is closed
        }
    }

    @EachModel
    default void aStoppedServerStartsAgain(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 4).build());
        assertThat(run.connect().get("/hello").status()).isEqualTo(200);
        run.server().start();
        assertThat(run.connect().get("/hello").status()).isEqualTo(200);
        run.server().stop();
        run.server().stop();
        if (gaps().contains(Gap.STARTS_ONCE)) {
            assertThatThrownBy(run.server()::start).hasMessageContaining("installed in");
        } else {
            run.server().start();
            assertThat(run.connect().get("/thread").text())
                    .startsWith(HttpContract.threadPrefix(model));
        }
        run.shutDown();
        run.shutDown();
        assertThatThrownBy(() -> run.workers().executor().execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("closed");
    }

    private static CompletableFuture<Boolean> shutDownLater(TckRun run) {
        return run.later(() -> {
            run.shutDown();
            return true;
        });
    }
}
