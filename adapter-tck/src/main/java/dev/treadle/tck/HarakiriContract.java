package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerModel;

import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A request that runs longer than allowed is ended, as far as it can be, and reported. */
@SameWithoutLoops
public interface HarakiriContract extends GateContract {
    /** How long a request may run in these tests. */
    Duration LIMIT = Duration.ofMillis(200);

    /** A wait ends within a second of the limit; the rest is for a machine that is busy. */
    Duration LATEST_END = LIMIT.plusSeconds(1).plusSeconds(3);

    private TckRun startImpatient(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 2).queue(20).harakiri(LIMIT).build());
        run.expectWarning("harakiri: ");
        run.expectWarning("[Ii]nterrupted");
        // what Jetty itself logs of a read or a write that was ended
        run.expectWarning("Blocking.Shared incomplete");
        run.expectWarning("Closed by interrupt");
        run.expectWarning("thrown by the application");
        return run;
    }

    /** Status, header, log line and counters, and the place is free. */
    private static void assertStruck(TckRun run, String path, Client.Answer answer)
            throws Exception {
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("retry-after")).matches("[1-9][0-9]*");
        assertThat(answer.text()).contains("interrupted");
        assertReported(run, path);
        run.untilIdle();
        assertThat(run.workers().stats().gate().harakiris()).isEqualTo(1);
        assertThat(run.workers().stats().gate().stuck()).isZero();
        assertThat(run.connect().get("/hello").text()).isEqualTo("hello");
    }

    private static void assertReported(TckRun run, String path) {
        run.until(
                "the log line",
                () ->
                        run.warnings().stream()
                                .anyMatch(line -> line.contains("harakiri: GET " + path + " ")));
        assertThat(run.warnings())
                .filteredOn(line -> line.contains("harakiri: GET " + path + " "))
                .first()
                .asString()
                .contains("ms on ", "ran longer than 200ms", " | ")
                .doesNotContain("secret");
    }

    @EachModel
    default void aSleepingRequestIsInterruptedAndAnswered503(WorkerModel model) throws Exception {
        TckRun run = startImpatient(model);
        Client.Answer answer = run.connect().get("/hold?secret=1");
        assertStruck(run, "/hold", answer);
        assertThat(run.warnings())
                .filteredOn(line -> line.contains("harakiri: "))
                .first()
                .asString()
                .contains("holdInside");
    }

    @EachModel
    default void aRequestThatWaitsForALockIsInterruptedAndAnswered503(WorkerModel model)
            throws Exception {
        TckRun run = startImpatient(model);
        assertStruck(run, "/stuck/lock", run.connect().get("/stuck/lock"));
        completeLate(run);
    }

    /**
     * An interrupt would leave a page half compiled, for all later requests. The class is one of
     * the same name as Jasper's.
     */
    @EachModel
    default void aRequestThatCompilesAPageIsAnswered503WhenThatIsDone(WorkerModel model)
            throws Exception {
        TckRun run = startImpatient(model);
        Consumer<Runnable> jasper =
                CompiledClass.make("org.apache.jasper", "JspCompilationContext");
        AtomicBoolean interrupted = new AtomicBoolean();
        run.probe()
                .nextTask(() -> {
                    jasper.accept(() -> {
                        // each look of the watch may interrupt: let some of them pass
                        run.until("struck", () -> run.workers().stats().gate().harakiris() == 1);
                        run.until(
                                "some looks later",
                                () ->
                                        run.workers().stats().gate().longestRunning().toMillis()
                                                > 600);
                        interrupted.set(Thread.currentThread().isInterrupted());
                    });
                    return "compiled";
                });
        Client.Answer answer = run.connect().get("/task");
        assertThat(interrupted).isFalse();
        assertStruck(run, "/task", answer);
        assertThat(run.warnings())
                .filteredOn(line -> line.contains("harakiri: "))
                .first()
                .asString()
                .contains("is interrupted when its page is compiled");
    }

    /** On platform threads a read from a socket cannot be interrupted: such a request is stuck. */
    @EachModel
    default void aRequestThatReadsFromASocketIsInterruptedAndAnswered503(WorkerModel model)
            throws Exception {
        TckRun run = startImpatient(model);
        CompletableFuture<Client.Answer> answer = run.getLater("/stuck/socket");
        if (model == WorkerModel.THREADS) {
            run.until("stuck", () -> run.workers().stats().gate().stuck() == 1);
            run.probe().letGo();
            assertThat(TckRun.result(answer).status()).isIn(200, 503);
            run.untilIdle();
            assertThat(run.workers().stats().gate().stuck()).isZero();
        } else {
            assertStruck(run, "/stuck/socket", TckRun.result(answer));
        }
        completeLate(run);
    }

    @EachModel
    default void aRequestThatIgnoresItsInterruptIsStuckUntilItEnds(WorkerModel model)
            throws Exception {
        TckRun run = startImpatient(model);
        CompletableFuture<Client.Answer> answer = run.getLater("/stuck/ignores");
        run.until("stuck", () -> run.workers().stats().gate().stuck() == 1);
        run.until(
                "reported again",
                () ->
                        run.warnings().stream()
                                .anyMatch(line -> line.contains("ignores its interrupt")));
        assertThat(run.workers().stats().gate().harakiris()).isEqualTo(1);
        assertThat(run.gate().active()).isEqualTo(1);
        run.probe().letGo();
        assertThat(TckRun.result(answer).text()).isEqualTo("ended by itself");
        run.untilIdle();
        assertThat(run.workers().stats().gate().stuck()).isZero();
    }

    /**
     * An answer that has begun cannot be replaced by another: the client sees that it is cut off.
     */
    @EachModel
    default void anAnswerThatHasBegunIsCutOff(WorkerModel model) throws Exception {
        TckRun run = startImpatient(model);
        CompletableFuture<Boolean> cut = run.later(() -> isCutOff(run, "/stuck/begun"));
        assertThat(TckRun.result(cut)).isTrue();
        assertReported(run, "/stuck/begun");
        run.untilIdle();
    }

    private static boolean isCutOff(TckRun run, String path) throws IOException {
        try (Client client = run.share(path)) {
            assertThat(client.readHead()).isEqualTo(200);
            return isCutOff(client);
        }
    }

    /** Reads the rest of an answer; returns whether it had no end. */
    private static boolean isCutOff(Client client) throws IOException {
        byte[] body = new byte[8_192];
        try {
            while (client.readBody(body, body.length) >= 0) {
                // to its end
            }
            return false;
        } catch (CutOffException | SocketException cut) {
            return true;
        }
    }

    /** No length has said how much there is: only its end can tell that an answer is whole. */
    @EachModel
    default void anAnswerWithoutALengthThatHasBegunIsCutOff(WorkerModel model) throws Exception {
        TckRun run = startImpatient(model);
        CompletableFuture<Boolean> cut =
                run.later(() -> isCutOff(run, "/stuck/begun-without-length"));
        assertThat(TckRun.result(cut)).isTrue();
        assertReported(run, "/stuck/begun-without-length");
        run.untilIdle();
    }

    /** A body stalls after the answer has begun; the application ignores the failure. */
    @EachModel
    default void anAnswerThatHasBegunIsCutOffBesideAStalledBody(WorkerModel model)
            throws Exception {
        assertCutOffBesideAStalledBody(model, "/stuck/begun-reads");
    }

    @EachModel
    default void aFlushAfterAStalledBodyDoesNotEndTheAnswer(WorkerModel model) throws Exception {
        assertCutOffBesideAStalledBody(model, "/stuck/begun-flushes");
    }

    @EachModel
    default void aFailureByAStalledBodyDoesNotEndTheAnswer(WorkerModel model) throws Exception {
        assertCutOffBesideAStalledBody(model, "/stuck/begun-throws");
    }

    private void assertCutOffBesideAStalledBody(WorkerModel model, String path) throws Exception {
        TckRun run = startImpatient(model);
        long start = System.nanoTime();
        Client client = run.connect();
        client.sendPost(path, 1_000).sendBody("abc");
        assertThat(client.readHead()).isEqualTo(200);
        assertThat(TckRun.result(run.later(() -> isCutOff(client)))).isTrue();
        assertPlaceIsBack(run, start);
    }

    private void assertAsyncIsStruck(WorkerModel model, String path) throws Exception {
        TckRun run = startImpatient(model);
        assertStruck(run, path, run.connect().get(path));
        completeLate(run);
    }

    @EachModel
    default void anAsyncRequestWithoutAListenerIsAnswered503(WorkerModel model) throws Exception {
        assertAsyncIsStruck(model, "/async/complete");
    }

    @EachModel
    default void anAsyncRequestWithAListenerIsAnswered503(WorkerModel model) throws Exception {
        assertAsyncIsStruck(model, "/stuck/async-listener");
    }

    @EachModel
    default void anAsyncRequestThatHasNoTimeoutIsAnswered503(WorkerModel model) throws Exception {
        assertAsyncIsStruck(model, "/stuck/async-for-ever");
    }

    @EachModel
    default void anAsyncAnswerThatHasBegunIsCutOff(WorkerModel model) throws Exception {
        TckRun run = startImpatient(model);
        CompletableFuture<Boolean> cut = run.later(() -> isCutOff(run, "/stuck/async-begun"));
        assertThat(TckRun.result(cut)).isTrue();
        assertReported(run, "/stuck/async-begun");
        run.untilIdle();
        completeLate(run);
    }

    /**
     * The application writes and completes after its request was ended: no other request may see
     * it.
     */
    private static void completeLate(TckRun run) throws Exception {
        Client client = run.connect();
        assertThat(client.get("/hello").text()).isEqualTo("hello");
        run.probe().letGo();
        for (int i = 0; i < 50; i++) {
            assertThat(client.get("/hello").text()).isEqualTo("hello");
        }
        run.untilIdle();
        run.until(
                "the application's own threads have ended",
                () -> Resources.noneNamed("tck-elsewhere"));
    }

    @EachModel
    default void belowTheThresholdOfTheLineNobodyIsInterrupted(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 1)
                                .queue(20)
                                .harakiri(Duration.ofMillis(50))
                                .harakiriQueueThreshold(1)
                                .build());
        run.expectWarning("harakiri: ");
        run.expectWarning("interrupted");
        CompletableFuture<Client.Answer> held = run.getLater("/hold");
        run.untilInside(1);
        CompletableFuture<Client.Answer> second = run.getLater("/hello");
        run.untilWaiting(1);
        run.until(
                "old enough", () -> run.workers().stats().gate().longestRunning().toMillis() > 300);
        assertThat(run.workers().stats().gate().harakiris()).isZero();
        CompletableFuture<Client.Answer> third = run.getLater("/hello");
        assertThat(TckRun.result(held).status()).isEqualTo(503);
        assertThat(TckRun.result(second).status()).isEqualTo(200);
        assertThat(TckRun.result(third).status()).isEqualTo(200);
        assertThat(run.workers().stats().gate().harakiris()).isEqualTo(1);
    }

    /** A body of which nothing comes any more, whichever way the application reads it. */
    @EachModel
    default void aReaderOfAStalledBodyIsAnswered503(WorkerModel model) throws Exception {
        assertStalledBodyIsStruck(model, "/upload", "application/octet-stream", "abc");
    }

    @EachModel
    default void aReaderOfAStalledFormIsAnswered503(WorkerModel model) throws Exception {
        assertStalledBodyIsStruck(
                model, "/body/form", "application/x-www-form-urlencoded", "name=value&oth");
    }

    @EachModel
    default void aReaderOfAStalledMultipartBodyIsAnswered503(WorkerModel model) throws Exception {
        assertStalledBodyIsStruck(
                model,
                "/body/parts",
                "multipart/form-data; boundary=line",
                "--line\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nbegin");
    }

    private void assertStalledBodyIsStruck(
            WorkerModel model, String path, String contentType, String beginning) throws Exception {
        TckRun run = startImpatient(model);
        long start = System.nanoTime();
        Client client = run.connect();
        client.sendPost(path, contentType, 1_000).sendBody(beginning);
        assertThat(client.read().status()).isEqualTo(503);
        assertPlaceIsBack(run, start);
    }

    /** There is always something to read, and never enough. */
    @EachModel
    default void aReaderOfATricklingBodyIsAnswered503(WorkerModel model) throws Exception {
        TckRun run = startImpatient(model);
        long start = System.nanoTime();
        Client client = run.connect();
        client.sendPost("/upload", 1_000);
        CompletableFuture<Client.Answer> answer = run.later(client::read);
        trickle(client, answer);
        assertThat(TckRun.result(answer).status()).isEqualTo(503);
        assertPlaceIsBack(run, start);
    }

    /**
     * Sends a byte again and again, until there is an answer or the bytes are not taken any more.
     */
    private static void trickle(Client client, CompletableFuture<Client.Answer> answer)
            throws InterruptedException {
        for (int sent = 0; sent < 999 && !answer.isDone(); sent++) {
            try {
                client.sendBody("x");
                answer.get(50, TimeUnit.MILLISECONDS);
            } catch (TimeoutException notYet) {
                // the next byte
            } catch (IOException | ExecutionException ended) {
                return;
            }
        }
    }

    /** The client stays, and the request is over all the same. */
    private static void assertPlaceIsBack(TckRun run, long start) throws Exception {
        run.untilIdle();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LATEST_END);
        assertThat(run.workers().stats().gate().harakiris()).isEqualTo(1);
        assertThat(run.workers().stats().gate().stuck()).isZero();
        assertThat(run.connect().get("/hello").text()).isEqualTo("hello");
    }

    @EachModel
    default void anAnswerThatNobodyReadsIsCutOff(WorkerModel model) throws Exception {
        TckRun run = startImpatient(model);
        long start = System.nanoTime();
        Client client = run.connectSlowly();
        client.sendGet("/big?bytes=50000000");
        assertThat(client.readHead()).isEqualTo(200);
        assertPlaceIsBack(run, start);
        assertThat(TckRun.result(run.later(() -> isCutOff(client)))).isTrue();
    }

    @EachModel
    default void aListenerThatBlocksOnATimeoutIsInterrupted(WorkerModel model) throws Exception {
        assertListenerIsInterrupted(
                model, "timeout", client -> client.sendGet("/stuck/on-timeout"));
    }

    @EachModel
    default void aListenerThatBlocksOnDataIsInterrupted(WorkerModel model) throws Exception {
        assertListenerIsInterrupted(
                model,
                "data",
                client -> client.sendPost("/stuck/read-listener", 1_000).sendBody("abc"));
    }

    @EachModel
    default void aTaskOfAnAsyncContextThatBlocksIsInterrupted(WorkerModel model) throws Exception {
        assertListenerIsInterrupted(model, "start", client -> client.sendGet("/stuck/async-start"));
    }

    private void assertListenerIsInterrupted(
            WorkerModel model, String where, TckRun.Exercise request) throws Exception {
        TckRun run = startImpatient(model);
        long start = System.nanoTime();
        Client client = run.connect();
        request.on(client);
        run.untilNoted("blocked in " + where);
        run.untilNoted("interrupted in " + where);
        assertThat(client.read().status()).isEqualTo(503);
        assertPlaceIsBack(run, start);
    }
}
