package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerModel;
import dev.treadle.settings.WorkerSettings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** N is honoured exactly; the next wait in the queue, first in first out; the rest gets 503. */
public interface GateContract {
    /**
     * Starts a server with these settings; it is stopped, and the invariants are asserted, after
     * the test.
     */
    default TckRun start(WorkerSettings settings) throws Exception {
        return start(settings, "");
    }

    /** The same with the application at a context path, such as {@code /shop}. */
    TckRun start(WorkerSettings settings, String contextPath) throws Exception;

    /** Returns the known limits of the container. */
    Set<Gap> gaps();

    /** Sends one more request after a 503, on the same connection unless the container ends it. */
    private Client.Answer getAfter503(TckRun run, Client client, Client.Answer refused)
            throws Exception {
        if (!run.protocol().isHttp2() && gaps().contains(Gap.CLOSES_AFTER_503)) {
            assertThat(refused.header("connection")).isEqualTo("close");
            return run.connect().get("/hello");
        }
        assertThat(refused.header("connection")).isNotEqualTo("close");
        return client.get("/hello");
    }

    /** Returns a builder with the model and N set. */
    static WorkerSettings.Builder settings(WorkerModel model, int n) {
        WorkerSettings.Builder builder = WorkerSettings.builder();
        return switch (model) {
            case THREADS -> builder.threads(n);
            case VIRTUAL -> builder.virtual(n);
            case GEVENT -> builder.gevent(n);
        };
    }

    @EachModel
    default void servesABlockingHandler(WorkerModel model) throws Exception {
        TckRun run = start(settings(model, 10).build());
        CompletableFuture<Client.Answer> held = run.getLater("/hold");
        run.untilInside(1);
        assertThat(run.gate().active()).isEqualTo(1);
        run.probe().letGo();
        Client.Answer answer = TckRun.result(held);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("held");
    }

    @EachModel
    default void neverMoreThanNAreInside(WorkerModel model) throws Exception {
        int n = 7;
        TckRun run = start(settings(model, n).build());
        List<CompletableFuture<Client.Answer>> answers = new ArrayList<>();
        for (int i = 0; i < n + 5; i++) {
            answers.add(run.getLater("/hold"));
        }
        run.untilInside(n);
        run.untilWaiting(5);
        assertThat(run.gate().active()).isEqualTo(n);
        run.probe().letGo();
        for (CompletableFuture<Client.Answer> answer : answers) {
            assertThat(TckRun.result(answer).status()).isEqualTo(200);
        }
        assertThat(run.probe().mostInside()).isEqualTo(n);
    }

    @EachModel
    default void aFullLineIsRefusedAtOnceAndTheConnectionStaysUsable(WorkerModel model)
            throws Exception {
        TckRun run = start(settings(model, 2).queue(1).build());
        CompletableFuture<Client.Answer> first = run.getLater("/hold");
        CompletableFuture<Client.Answer> second = run.getLater("/hold");
        run.untilInside(2);
        CompletableFuture<Client.Answer> third = run.getLater("/hold");
        run.untilWaiting(1);
        Client client = run.connect();
        Client.Answer refused = client.get("/hello");
        for (int i = 1; i <= 3; i++) {
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("retry-after")).matches("[1-9][0-9]*");
            assertThat(refused.text()).contains("queue is full");
            assertThat(run.workers().stats().gate().refused().queueFull()).isEqualTo(i);
            refused = getAfter503(run, client, refused);
        }
        run.probe().letGo();
        for (CompletableFuture<Client.Answer> answer : List.of(first, second, third)) {
            assertThat(TckRun.result(answer).status()).isEqualTo(200);
        }
        run.untilIdle();
        assertThat(getAfter503(run, client, refused).text()).isEqualTo("hello");
    }

    @EachModel
    default void withoutALineTheRequestOverNIsRefused(WorkerModel model) throws Exception {
        TckRun run = start(settings(model, 1).queue(0).build());
        CompletableFuture<Client.Answer> first = run.getLater("/hold");
        run.untilInside(1);
        assertThat(run.connect().get("/hello").status()).isEqualTo(503);
        run.probe().letGo();
        assertThat(TckRun.result(first).status()).isEqualTo(200);
    }

    @EachModel
    default void aRequestThatWaitedTooLongIsRefused(WorkerModel model) throws Exception {
        TckRun run = start(settings(model, 1).queueTimeout(Duration.ofMillis(200)).build());
        CompletableFuture<Client.Answer> first = run.getLater("/hold");
        run.untilInside(1);
        Client client = run.connect();
        long start = System.nanoTime();
        Client.Answer refused = client.get("/hello");
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isGreaterThanOrEqualTo(Duration.ofMillis(200));
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("retry-after")).matches("[1-9][0-9]*");
        assertThat(run.workers().stats().gate().refused().queueTimeout()).isEqualTo(1);
        assertThat(run.gate().waiting()).isZero();
        run.probe().letGo();
        assertThat(TckRun.result(first).status()).isEqualTo(200);
        run.untilIdle();
        assertThat(getAfter503(run, client, refused).text()).isEqualTo("hello");
    }

    @EachModel
    default void theLineIsFirstInFirstOut(WorkerModel model) throws Exception {
        TckRun run = start(settings(model, 1).queue(10).build());
        List<CompletableFuture<Client.Answer>> answers = new ArrayList<>();
        answers.add(run.getLater("/hold?name=0"));
        run.untilInside(1);
        for (int i = 1; i <= 6; i++) {
            answers.add(run.getLater("/hold?name=" + i));
            run.untilWaiting(i);
        }
        run.probe().letGo();
        for (CompletableFuture<Client.Answer> answer : answers) {
            assertThat(TckRun.result(answer).status()).isEqualTo(200);
        }
        assertThat(run.probe().order()).containsExactly("0", "1", "2", "3", "4", "5", "6");
    }
}
