package dev.treadle.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.treadle.gate.ClientSocket;
import dev.treadle.gate.GateAnswer;
import dev.treadle.gate.GateListener;
import dev.treadle.gate.Permit;
import dev.treadle.internal.engine.Engine;
import dev.treadle.internal.engine.VirtualEngine;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.stats.RefusalReason;
import dev.treadle.stats.RunningRequest;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class GateTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    private static RequestGate gate(int limit, int queue) {
        return gate(limit, queue, LONG);
    }

    private static RequestGate gate(int limit, int queue, Duration queueTimeout) {
        return new RequestGate(limit, queue, queueTimeout, new VirtualEngine());
    }

    private static RefusalReason refusal(RequestGate gate) {
        return catchThrowableOfType(
                        Requests.TurnedAwayException.class,
                        () -> Requests.enter(gate, "GET", "/refused"))
                .reason();
    }

    /** The calls that a listener got. */
    private static final class Heard implements GateListener {
        private final List<Permit> permits = new CopyOnWriteArrayList<>();
        private final List<RefusalReason> refusals = new CopyOnWriteArrayList<>();

        @Override
        public void admitted(Permit permit) {
            permits.add(permit);
        }

        @Override
        public void answered(GateAnswer answer) {
            refusals.add(Requests.reasonOf(answer));
        }

        boolean nothing() {
            return permits.isEmpty() && refusals.isEmpty();
        }
    }

    /** Something that blocks, on a thread of its own. */
    private record Waiter<T>(FutureTask<T> task, Thread thread) {
        static <T> Waiter<T> start(Callable<T> call) {
            FutureTask<T> task = new FutureTask<>(call);
            return new Waiter<>(task, Thread.ofVirtual().start(task));
        }

        /** Starts one that waits in the queue, and waits until it does. */
        static Waiter<Permit> inLine(RequestGate gate, String path) {
            int before = gate.waiting();
            Waiter<Permit> waiter = start(() -> Requests.enter(gate, "GET", path));
            await().until(() -> gate.waiting() == before + 1);
            return waiter;
        }

        T result() throws Exception {
            return task.get();
        }

        @Nullable Throwable failure() {
            return catchThrowableOfType(ExecutionException.class, task::get).getCause();
        }
    }

    private static RequestGate.Place placeInTheQueue(RequestGate gate, GateListener listener) {
        RequestGate.@Nullable Place place = gate.enter("GET", "/line", listener);
        if (place == null) {
            throw new AssertionError("not in the queue");
        }
        return place;
    }

    @Test
    void aRefusedRequestGetsItsAnswerAtOnce() throws Exception {
        RequestGate gate = gate(1, 0);
        Permit inside = Requests.enter(gate, "GET", "/");

        assertThat(gate.enter("GET", "/", ClientSocket.UNKNOWN))
                .isEqualTo(new GateAnswer(503, "the queue is full", 1, false));

        inside.release();
        assertThat(gate.enter("GET", "/", ClientSocket.UNKNOWN)).isInstanceOf(Permit.class);
    }

    @Test
    void theReadyPathIsAnsweredAlsoWhileTheGateIsFull() throws Exception {
        WorkerSettings settings =
                WorkerSettings.builder().virtual(1).queue(0).readyPath("/-/ready").build();
        RequestGate gate = new RequestGate(settings, new VirtualEngine());
        Permit inside = Requests.enter(gate, "GET", "/");
        GateAnswer ready = new GateAnswer(200, "ready", 0, false);
        List<GateAnswer> heard = new ArrayList<>();
        GateListener listener =
                new GateListener() {
                    @Override
                    public void admitted(Permit permit) {
                        throw new AssertionError("the gate answers itself");
                    }

                    @Override
                    public void answered(GateAnswer answer) {
                        heard.add(answer);
                    }
                };

        assertThat(gate.enter("GET", "/-/ready", ClientSocket.UNKNOWN)).isEqualTo(ready);
        assertThat(gate.enter("GET", "/-/ready", listener)).isNull();
        assertThat(heard).containsExactly(ready);

        inside.release();
        gate.beginLeaving();
        assertThat(gate.enter("GET", "/-/ready", ClientSocket.UNKNOWN))
                .isEqualTo(new GateAnswer(503, "shutting down", 0, true));
        assertThat(gate.counts().completed()).isEqualTo(1);
    }

    @Test
    void admitsNAndNoMore() throws Exception {
        RequestGate gate = gate(3, 0);
        List<Permit> inside = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            inside.add(Requests.enter(gate, "GET", "/" + i));
        }

        assertThat(refusal(gate)).isEqualTo(RefusalReason.QUEUE_FULL);
        assertThat(gate.active()).isEqualTo(3);

        inside.removeLast().release();
        inside.add(Requests.enter(gate, "GET", "/again"));
        assertThat(refusal(gate)).isEqualTo(RefusalReason.QUEUE_FULL);

        inside.forEach(Permit::release);
        assertThat(gate.active()).isZero();
    }

    @Test
    void theLineIsFirstInFirstOut() throws Exception {
        RequestGate gate = gate(1, 20);
        Permit first = Requests.enter(gate, "GET", "/first");
        List<Integer> order = new CopyOnWriteArrayList<>();
        List<Waiter<Boolean>> waiters = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int number = i;
            waiters.add(
                    Waiter.start(() -> {
                        RequestPermit permit = Requests.enter(gate, "GET", "/" + number);
                        order.add(number);
                        permit.release();
                        return true;
                    }));
            await().until(() -> gate.waiting() == number + 1);
        }

        first.release();
        for (Waiter<Boolean> waiter : waiters) {
            assertThat(waiter.result()).isTrue();
        }

        assertThat(order).hasSize(20).isSorted();
        assertThat(gate.waiting()).isZero();
        assertThat(gate.active()).isZero();
    }

    @Test
    void whoLeavesTheLineFromItsHeadMiddleOrEndKeepsTheOrderOfTheOthers() throws Exception {
        RequestGate gate = gate(1, 9);
        Permit inside = Requests.enter(gate, "GET", "/");
        List<Integer> order = new ArrayList<>();
        List<RequestGate.Place> places = new ArrayList<>();
        List<Permit> granted = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            places.add(
                    placeInTheQueue(
                            gate,
                            new GateListener() {
                                @Override
                                public void admitted(Permit permit) {
                                    order.add(number);
                                    granted.add(permit);
                                }

                                @Override
                                public void answered(GateAnswer answer) {
                                    order.add(-number);
                                }
                            }));
        }

        places.get(2).giveUp();
        places.get(0).giveUp();
        places.get(4).giveUp();
        inside.release();
        granted.get(0).release();
        granted.get(1).release();

        assertThat(order).containsExactly(-2, 0, -4, 1, 3);
        assertThat(gate.active()).isZero();
    }

    @Test
    void theLineTakesItsLengthAndNoMore() throws Exception {
        RequestGate gate = gate(1, 2);
        Permit inside = Requests.enter(gate, "GET", "/");
        Waiter<Permit> first = Waiter.inLine(gate, "/1");
        Waiter<Permit> second = Waiter.inLine(gate, "/2");

        assertThat(refusal(gate)).isEqualTo(RefusalReason.QUEUE_FULL);
        assertThat(gate.waiting()).isEqualTo(2);

        inside.release();
        first.result().release();
        second.result().release();
        assertThat(gate.active()).isZero();
    }

    @Test
    void aFreePlaceGoesToTheFirstInLineBeforeANewcomer() throws Exception {
        RequestGate gate = gate(1, 1);
        Permit inside = Requests.enter(gate, "GET", "/");
        Heard heard = new Heard();
        placeInTheQueue(gate, heard);

        inside.release();

        assertThat(heard.permits).hasSize(1);
        assertThat(gate.active()).isEqualTo(1);
        Heard newcomer = new Heard();
        assertThat(gate.enter("GET", "/newcomer", newcomer)).isNotNull();
        assertThat(newcomer.nothing()).isTrue();
    }

    @Test
    void whoWaitsTooLongIsRefused() throws Exception {
        RequestGate gate = gate(1, 1, Duration.ofMillis(1));
        Permit inside = Requests.enter(gate, "GET", "/");

        assertThat(refusal(gate)).isEqualTo(RefusalReason.QUEUE_TIMEOUT);
        assertThat(gate.waiting()).isZero();

        inside.release();
        assertThat(gate.active()).isZero();
    }

    @Test
    void anInterruptInLineGivesThePlaceUp() throws Exception {
        RequestGate gate = gate(1, 2);
        Permit inside = Requests.enter(gate, "GET", "/");
        Waiter<Permit> interrupted = Waiter.inLine(gate, "/interrupted");
        Waiter<Permit> next = Waiter.inLine(gate, "/next");

        interrupted.thread().interrupt();

        assertThat(interrupted.failure()).isInstanceOf(InterruptedException.class);
        assertThat(gate.waiting()).isEqualTo(1);
        inside.release();
        next.result().release();
        assertThat(gate.active()).isZero();
    }

    @Test
    void aListenerIsAdmittedInlineWhileThereIsRoom() {
        RequestGate gate = gate(1, 1);
        Heard heard = new Heard();

        assertThat(gate.enter("GET", "/", heard)).isNull();

        assertThat(heard.permits).hasSize(1);
        assertThat(heard.refusals).isEmpty();
    }

    @Test
    void aListenerIsAdmittedLaterOnTheThreadThatReleases() throws Exception {
        RequestGate gate = gate(1, 1);
        Permit inside = Requests.enter(gate, "GET", "/");
        Heard heard = new Heard();
        placeInTheQueue(gate, heard);
        assertThat(heard.nothing()).isTrue();

        inside.release();

        assertThat(heard.permits).hasSize(1);
        assertThat(gate.requests()).extracting(RunningRequest::path).containsExactly("/line");
        heard.permits.getFirst().release();
        assertThat(gate.active()).isZero();
    }

    @Test
    void aListenerIsRefusedInlineWhenTheLineIsFull() throws Exception {
        RequestGate gate = gate(1, 0);
        Requests.enter(gate, "GET", "/");
        Heard heard = new Heard();

        assertThat(gate.enter("GET", "/", heard)).isNull();

        assertThat(heard.refusals).containsExactly(RefusalReason.QUEUE_FULL);
        assertThat(heard.permits).isEmpty();
    }

    @Test
    void givingUpInLineRefusesOnce() throws Exception {
        RequestGate gate = gate(1, 1);
        Permit inside = Requests.enter(gate, "GET", "/");
        Heard heard = new Heard();
        RequestGate.Place place = placeInTheQueue(gate, heard);

        place.giveUp();
        place.giveUp();

        assertThat(heard.refusals).containsExactly(RefusalReason.QUEUE_TIMEOUT);
        assertThat(gate.waiting()).isZero();
        inside.release();
        assertThat(heard.permits).isEmpty();
        assertThat(gate.active()).isZero();
    }

    @Test
    void countsWhoWasInLineAndForHowLong() throws Exception {
        RequestGate gate = gate(1, 2);
        Permit inside = Requests.enter(gate, "GET", "/");
        assertThat(gate.counts().all().inQueue().ended()).as("it did not wait").isZero();
        RequestGate.Place impatient = placeInTheQueue(gate, new Heard());
        Heard admitted = new Heard();
        placeInTheQueue(gate, admitted);
        assertThat(gate.counts().all().inQueue().ended()).as("both wait").isZero();

        impatient.giveUp();
        inside.release();

        Limiter.Counts counts = gate.counts().all();
        assertThat(admitted.permits).hasSize(1);
        assertThat(counts.inQueue().ended()).isEqualTo(2);
        assertThat(counts.inQueue().total()).isPositive();
    }

    @Test
    void givingUpAfterAdmissionDoesNothing() throws Exception {
        RequestGate gate = gate(1, 1);
        Permit inside = Requests.enter(gate, "GET", "/");
        Heard heard = new Heard();
        RequestGate.Place place = placeInTheQueue(gate, heard);
        inside.release();

        place.giveUp();

        assertThat(heard.permits).hasSize(1);
        assertThat(heard.refusals).isEmpty();
        assertThat(gate.active()).isEqualTo(1);
    }

    @Test
    void aDrainRefusesNewcomersAndServesThoseInsideAndInTheQueue() throws Exception {
        RequestGate gate = gate(1, 1);
        Permit inside = Requests.enter(gate, "GET", "/");
        Waiter<Permit> inLine = Waiter.inLine(gate, "/line");

        gate.shut();
        gate.shut();

        assertThat(gate.draining()).isTrue();
        assertThat(refusal(gate)).isEqualTo(RefusalReason.DRAINING);
        assertThat(gate.awaitEmpty(Duration.ZERO)).isFalse();
        Waiter<Boolean> empty = Waiter.start(() -> gate.awaitEmpty(LONG));
        inside.release();
        Permit last = inLine.result();
        assertThat(gate.awaitEmpty(Duration.ZERO)).isFalse();
        assertThat(refusal(gate)).isEqualTo(RefusalReason.DRAINING);
        last.release();
        assertThat(empty.result()).isTrue();
    }

    @Test
    void anEmptyGateIsDrainedAtOnce() throws Exception {
        RequestGate gate = gate(1, 1);
        gate.shut();

        assertThat(gate.awaitEmpty(LONG)).isTrue();
        assertThat(refusal(gate)).isEqualTo(RefusalReason.DRAINING);
    }

    @Test
    void afterTheGraceTheLineIsRefusedAndThoseInsideAreInterrupted() throws Exception {
        RequestGate gate = gate(1, 2);
        Permit inside = Requests.enter(gate, "GET", "/inside");
        Waiter<Permit> parked = Waiter.inLine(gate, "/parked");
        Heard heard = new Heard();
        placeInTheQueue(gate, heard);
        gate.shut();

        assertThat(gate.cutOff()).extracting(RunningRequest::path).containsExactly("/inside");

        assertThat(parked.failure())
                .isInstanceOfSatisfying(
                        Requests.TurnedAwayException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(RefusalReason.DRAINING));
        assertThat(heard.refusals).containsExactly(RefusalReason.DRAINING);
        assertThat(gate.waiting()).isZero();
        assertThat(inside.interrupted()).isTrue();
        inside.release();
        assertThat(gate.awaitEmpty(LONG)).isTrue();
        gate.open();
        Permit later = Requests.enter(gate, "GET", "/later");
        assertThat(later.interrupted()).isFalse();
    }

    @Test
    void openingTheGateEndsADrainThatWaits() throws Exception {
        RequestGate gate = gate(1, 1);
        Permit inside = Requests.enter(gate, "GET", "/");
        gate.shut();
        Waiter<Boolean> drain = Waiter.start(() -> gate.awaitEmpty(LONG));
        await().until(() -> drain.thread().getState() == Thread.State.TIMED_WAITING);

        gate.open();

        assertThat(drain.result()).isTrue();
        assertThat(gate.cutOff()).isEmpty();
        assertThat(inside.interrupted()).isFalse();
        inside.release();
        Requests.enter(gate, "GET", "/again").release();
        assertThat(gate.active()).isZero();
    }

    private static WorkerSettings.Builder virtual(int n) {
        return WorkerSettings.builder().virtual(n).queue(9).queueTimeout(LONG);
    }

    private static RequestGate gate(WorkerSettings.Builder settings) {
        return new RequestGate(settings.build(), new VirtualEngine());
    }

    @Test
    void aGreaterNLetsInWhoWaitsInTheirOrder() throws Exception {
        RequestGate gate = gate(1, 9);
        Requests.enter(gate, "GET", "/");
        List<Heard> line = List.of(new Heard(), new Heard(), new Heard());
        line.forEach(heard -> placeInTheQueue(gate, heard));

        gate.change(virtual(3).build());

        assertThat(line.get(0).permits).hasSize(1);
        assertThat(line.get(1).permits).hasSize(1);
        assertThat(line.get(2).nothing()).isTrue();
        assertThat(gate.active()).isEqualTo(3);
        assertThat(gate.waiting()).isEqualTo(1);
        assertThat(gate.limit()).isEqualTo(3);
    }

    @Test
    void aSmallerNSendsNobodyAwayAndLetsNobodyInUntilEnoughHaveLeft() throws Exception {
        RequestGate gate = gate(3, 9);
        List<Permit> inside = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            inside.add(Requests.enter(gate, "GET", "/"));
        }
        gate.change(virtual(1).build());
        Heard heard = new Heard();
        placeInTheQueue(gate, heard);

        inside.removeLast().release();
        inside.removeLast().release();
        assertThat(heard.nothing()).isTrue();
        assertThat(gate.active()).isEqualTo(1);

        inside.removeLast().release();
        assertThat(heard.permits).hasSize(1);
        heard.permits.getFirst().release();
        assertThat(gate.active()).isZero();
    }

    @Test
    void aPathOfALimitPassesTheLimitFirst() throws Exception {
        RequestGate gate = gate(virtual(2).limit("/pay/*", 1, 1, LONG));
        Permit paying = Requests.enter(gate, "GET", "/pay/now");
        Heard next = new Heard();
        RequestGate.Place place = placeOf(gate, "/pay/then", next);
        assertThat(next.nothing()).isTrue();
        assertThat(gate.waiting()).isZero();
        Heard third = new Heard();
        assertThat(gate.enter("GET", "/pay", third)).isNull();
        assertThat(third.refusals).containsExactly(RefusalReason.QUEUE_FULL);
        Permit other = Requests.enter(gate, "GET", "/other");

        paying.release();

        assertThat(next.permits).hasSize(1);
        place.giveUp();
        assertThat(next.refusals).isEmpty();
        next.permits.getFirst().release();
        other.release();
        assertThat(gate.active()).isZero();
        assertThat(gate.counts().limits().getFirst().active()).isZero();
    }

    @Test
    void whoWaitsAtTheGateHoldsItsLimitAndGivesItBackIfItGivesUp() throws Exception {
        RequestGate gate = gate(virtual(1).limit("/pay", 1, 1, LONG));
        Permit inside = Requests.enter(gate, "GET", "/other");
        Heard first = new Heard();
        Heard second = new Heard();
        RequestGate.Place atTheGate = placeOf(gate, "/pay", first);
        placeOf(gate, "/pay", second);
        assertThat(gate.waiting()).isEqualTo(1);
        assertThat(gate.counts().limits().getFirst().queue().waiting()).isEqualTo(1);

        atTheGate.giveUp();

        assertThat(first.refusals).containsExactly(RefusalReason.QUEUE_TIMEOUT);
        assertThat(gate.waiting()).isEqualTo(1); // the second, which has passed the limit now
        inside.release();
        assertThat(second.permits).hasSize(1);
        second.permits.getFirst().release();
        assertThat(gate.counts().limits().getFirst().active()).isZero();
        assertThat(gate.active()).isZero();
    }

    @Test
    void aGateWithoutALineRefusesWhoFindsRoomAtItsLimit() throws Exception {
        RequestGate gate = gate(virtual(1).queue(0).limit("/pay", 2, 5, LONG));
        Permit inside = Requests.enter(gate, "GET", "/other");

        assertThat(refusalOf(gate, "/pay")).isEqualTo(RefusalReason.QUEUE_FULL);
        Heard heard = new Heard();
        assertThat(gate.enter("GET", "/pay", heard)).isNull();

        assertThat(heard.refusals).containsExactly(RefusalReason.QUEUE_FULL);
        assertThat(gate.counts().limits().getFirst().active()).isZero();
        inside.release();
        Requests.enter(gate, "GET", "/pay").release();
    }

    /** Otherwise each of them, refused, would let the next one run into the full gate. */
    @Test
    void aFullGateDoesNotEmptyTheLineOfALimit() throws Exception {
        RequestGate gate = gate(virtual(1).queue(0).limit("/pay", 1, 5, LONG));
        Permit paying = Requests.enter(gate, "GET", "/pay");
        List<Heard> next = List.of(new Heard(), new Heard(), new Heard());
        next.forEach(heard -> placeOf(gate, "/pay", heard));
        gate.change(virtual(1).queue(0).limit("/pay", 2, 5, LONG).build());
        assertThat(gate.waiting()).isEqualTo(1); // the first, which has waited at the limit

        paying.release();
        for (Heard heard : next) {
            assertThat(heard.permits).hasSize(1);
            heard.permits.getFirst().release();
        }

        assertThat(next).allSatisfy(heard -> assertThat(heard.refusals).isEmpty());
        assertThat(gate.active()).isZero();
    }

    @Test
    void theTimeAtALimitIsTakenFromTheTimeAtTheGate() throws Exception {
        Duration longest = Duration.ofSeconds(100);
        RequestGate gate = gate(virtual(1).queueTimeout(longest).limit("/pay", 1, 5, longest));
        Permit inside = Requests.enter(gate, "GET", "/other");
        Heard first = new Heard();
        RequestGate.Place atTheGate = placeOf(gate, "/pay", first);
        long start = System.nanoTime();
        Heard second = new Heard();
        RequestGate.Place atTheLimit = placeOf(gate, "/pay", second);
        assertThat(atTheLimit.millisLeft()).isLessThanOrEqualTo(longest.toMillis() + 1);
        await().until(() -> System.nanoTime() - start > Duration.ofMillis(50).toNanos());

        atTheGate.giveUp();

        assertThat(gate.waiting()).isEqualTo(1);
        assertThat(atTheLimit.millisLeft()).isLessThanOrEqualTo(longest.toMillis() - 49);
        inside.release();
        second.permits.getFirst().release();
    }

    @Test
    void requestsOfPriorityBeyondTheirBoundAreAsAllOthers() throws Exception {
        RequestGate gate = gate(virtual(2).queue(0).priorityPaths(List.of("/healthz/*")));
        List<Permit> permits = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            permits.add(Requests.enter(gate, "GET", "/healthz/a"));
        }
        assertThat(gate.active()).isZero();
        Heard heard = new Heard();
        gate.enter("GET", "/healthz/a", heard);
        permits.add(heard.permits.getFirst());
        permits.add(Requests.enter(gate, "GET", "/healthz/a"));
        assertThat(gate.active()).isEqualTo(2);
        assertThat(refusalOf(gate, "/healthz/a")).isEqualTo(RefusalReason.QUEUE_FULL);

        permits.forEach(Permit::release);

        assertThat(gate.active()).isZero();
        Requests.enter(gate, "GET", "/healthz/a").release();
        assertThat(gate.counts().completed()).isEqualTo(19);
    }

    @Test
    void theBoundOfPriorityRequestsFollowsN() throws Exception {
        RequestGate gate = gate(virtual(1).queue(0).priorityPaths(List.of("/healthz")));
        gate.change(virtual(1_000).queue(0).priorityPaths(List.of("/healthz")).build());
        List<Permit> permits = new ArrayList<>();
        for (int i = 0; i < 101; i++) {
            permits.add(Requests.enter(gate, "GET", "/healthz"));
        }
        assertThat(gate.active()).isEqualTo(1);
        permits.forEach(Permit::release);
    }

    @Test
    void aPathThatHasASecondFormHasNoPriorityAndTheLimitsOfAll() throws Exception {
        RequestGate gate =
                gate(
                        virtual(1)
                                .queue(0)
                                .priorityPaths(List.of("/healthz/*"))
                                .limit("/pay/*", 9, 0, LONG));
        Permit inside = Requests.enter(gate, "GET", "/other");
        assertThat(refusalOf(gate, "/healthz/../big")).isEqualTo(RefusalReason.QUEUE_FULL);
        assertThat(refusalOf(gate, "/a/../healthz/x")).isEqualTo(RefusalReason.QUEUE_FULL);
        inside.release();
        for (String way : List.of("//pay/x", "/a/../pay", "/pay/../a", "/%70ay", "/pay;a=b/x")) {
            RequestPermit permit = Requests.enter(gate, "GET", way);
            assertThat(gate.counts().limits().getFirst().active()).as(way).isEqualTo(1);
            permit.release();
        }
    }

    @Test
    void whatAClientHasWrittenIsShownOnOneLine() throws Exception {
        RequestGate gate = gate(1, 0);
        RequestPermit permit =
                Requests.enter(gate, "GE\nT", "/x\r\nERROR \u001b[31m" + "y".repeat(300));

        assertThat(gate.requests().getFirst().path())
                .startsWith("/x\\u000d\\u000aERROR \\u001b[31my")
                .hasSize(200)
                .endsWith("...");
        assertThat(permit.toString()).startsWith("GE\\u000aT /x\\u000d");
        assertThat(permit.requestLine()).startsWith("GE\\u000aT /x\\u000d").hasSizeLessThan(230);
        permit.release();
    }

    @Test
    void aParkedThreadPassesLimitAndGate() throws Exception {
        RequestGate gate = gate(virtual(1).limit("/pay", 1, 1, LONG));
        Permit inside = Requests.enter(gate, "GET", "/pay");
        Waiter<Permit> waiter = Waiter.start(() -> Requests.enter(gate, "GET", "/pay"));
        await().until(() -> gate.counts().limits().getFirst().queue().waiting() == 1);

        inside.release();

        waiter.result().release();
        assertThat(gate.counts().limits().getFirst().active()).isZero();
        assertThat(gate.active()).isZero();
    }

    @Test
    void aLimitThatIsTakenAwayLetsEverybodyThrough() throws Exception {
        RequestGate gate = gate(virtual(2).limit("/pay", 1, 5, LONG));
        Permit paying = Requests.enter(gate, "GET", "/pay");
        Heard next = new Heard();
        placeOf(gate, "/pay", next);

        gate.change(virtual(2).build());

        assertThat(next.permits).hasSize(1);
        paying.release();
        next.permits.getFirst().release();
        assertThat(gate.active()).isZero();
        assertThat(gate.counts().limits()).isEmpty();
    }

    @Test
    void aLimitThatWasTakenAwayStillCountsAndComesBackAsTheSame() throws Exception {
        RequestGate gate = gate(virtual(9).limit("/pay", 1, 0, LONG));
        Permit paying = Requests.enter(gate, "GET", "/pay");
        assertThat(refusalOf(gate, "/pay")).isEqualTo(RefusalReason.QUEUE_FULL);

        gate.change(virtual(9).build());
        assertThat(gate.counts().all().refused().queueFull()).isEqualTo(1);
        gate.change(virtual(9).limit("/pay", 1, 0, LONG).build());

        assertThat(gate.counts().limits().getFirst().active()).isEqualTo(1);
        assertThat(refusalOf(gate, "/pay")).isEqualTo(RefusalReason.QUEUE_FULL);
        paying.release();
        Requests.enter(gate, "GET", "/pay").release();
    }

    @Test
    void whoIsInLineOfALimitAtADrainIsStillServed() throws Exception {
        RequestGate gate = gate(virtual(2).limit("/pay", 1, 5, LONG));
        Permit paying = Requests.enter(gate, "GET", "/pay");
        Heard next = new Heard();
        placeOf(gate, "/pay", next);
        gate.shut();
        assertThat(refusal(gate)).isEqualTo(RefusalReason.DRAINING);

        paying.release();

        assertThat(next.permits).hasSize(1);
        assertThat(gate.awaitEmpty(Duration.ZERO)).isFalse();
        next.permits.getFirst().release();
        assertThat(gate.awaitEmpty(LONG)).isTrue();
    }

    @Test
    void priorityPathsPassAFullGateAndAreWaitedForByADrain() throws Exception {
        RequestGate gate = gate(virtual(1).queue(0).priorityPaths(List.of("/healthz")));
        Requests.enter(gate, "GET", "/");
        Permit probe = Requests.enter(gate, "GET", "/healthz");
        Heard heard = new Heard();
        assertThat(gate.enter("GET", "/healthz", heard)).isNull();
        assertThat(heard.permits).hasSize(1);
        assertThat(gate.active()).isEqualTo(1);
        assertThat(gate.requests()).hasSize(3);

        gate.shut();

        gate.requests();
        probe.release();
        heard.permits.getFirst().release();
        assertThat(refusalOf(gate, "/healthz")).isEqualTo(RefusalReason.DRAINING);
    }

    private static RefusalReason refusalOf(RequestGate gate, String path) {
        return catchThrowableOfType(
                        Requests.TurnedAwayException.class, () -> Requests.enter(gate, "GET", path))
                .reason();
    }

    private static RequestGate.Place placeOf(RequestGate gate, String path, GateListener listener) {
        RequestGate.@Nullable Place place = gate.enter("GET", path, listener);
        if (place == null) {
            throw new AssertionError("not in the queue");
        }
        return place;
    }

    @Test
    void aSecondReleaseIsHarmless() throws Exception {
        RequestGate gate = gate(1, 0);
        Permit first = Requests.enter(gate, "GET", "/");
        first.release();
        first.release();
        assertThat(gate.active()).isZero();

        Requests.enter(gate, "GET", "/");
        first.release();

        assertThat(gate.active()).isEqualTo(1);
        assertThat(refusal(gate)).isEqualTo(RefusalReason.QUEUE_FULL);
    }

    @Test
    void listsTheRequestsInsideOldestFirst() throws Exception {
        RequestGate gate = gate(3, 0);
        Requests.enter(gate, "GET", "/a");
        Permit second = Requests.enter(gate, "POST", "/b");
        Requests.enter(gate, "PUT", "/c");
        assertThat(gate.requests())
                .extracting(RunningRequest::path)
                .containsExactly("/a", "/b", "/c");
        assertThat(gate.requests())
                .extracting(RunningRequest::method)
                .containsExactly("GET", "POST", "PUT");

        second.release();

        assertThat(gate.requests()).extracting(RunningRequest::path).containsExactly("/a", "/c");
    }

    @Test
    void countsWhatItDoes() throws Exception {
        RequestGate gate = gate(1, 1, Duration.ofMillis(1));
        Permit inside = Requests.enter(gate, "GET", "/");
        assertThat(refusal(gate)).isEqualTo(RefusalReason.QUEUE_TIMEOUT);
        Heard heard = new Heard();
        placeInTheQueue(gate, heard);
        assertThat(refusal(gate)).isEqualTo(RefusalReason.QUEUE_FULL);
        gate.shut();
        assertThat(refusal(gate)).isEqualTo(RefusalReason.DRAINING);
        inside.release();

        RequestGate.Counts counts = gate.counts();

        assertThat(counts.gate().active()).isEqualTo(1);
        assertThat(counts.gate().waiting()).isZero();
        assertThat(counts.completed()).isEqualTo(1);
        assertThat(counts.all().refused().queueFull()).isEqualTo(1);
        assertThat(counts.all().refused().queueTimeout()).isEqualTo(1);
        assertThat(counts.all().refused().draining()).isEqualTo(1);
        assertThat(gate.draining()).isTrue();
    }

    /** An engine that cannot make up for a thread that waits, or not to its end. */
    private record BrokenEngine(Runnable beforeItBreaks) implements Engine {
        @Override
        public void execute(Runnable task) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void whileWaiting(Wait wait) {
            beforeItBreaks.run();
            throw new OutOfMemoryError("unable to create native thread (made up by a test)");
        }

        @Override
        public int activeTasks() {
            return 0;
        }

        @Override
        public int liveThreads() {
            return 0;
        }

        @Override
        public List<String> close(Duration grace, Duration afterInterrupt) {
            return List.of();
        }
    }

    @Test
    void noPlaceIsLostWhenTheEngineCannotMakeUpForAThreadThatWaits() throws Exception {
        RequestGate gate = new RequestGate(1, 1, LONG, new BrokenEngine(() -> {}));
        Permit inside = Requests.enter(gate, "GET", "/");

        assertThatExceptionOfType(OutOfMemoryError.class)
                .isThrownBy(() -> Requests.enter(gate, "GET", "/line"));

        assertThat(gate.waiting()).isZero();
        inside.release();
        assertThat(gate.active()).isZero();
    }

    @Test
    void noPlaceIsLostWhenTheEngineBreaksAfterThePlaceWasGranted() throws Exception {
        List<Permit> inside = new ArrayList<>();
        RequestGate gate =
                new RequestGate(
                        1, 1, LONG, new BrokenEngine(() -> inside.forEach(Permit::release)));
        inside.add(Requests.enter(gate, "GET", "/"));

        assertThatExceptionOfType(OutOfMemoryError.class)
                .isThrownBy(() -> Requests.enter(gate, "GET", "/line"));

        assertThat(gate.active()).isZero();
        assertThat(gate.waiting()).isZero();
    }

    @Test
    void anInterruptReachesTheThreadWhileItRunsForTheRequestAndNeverAfter() throws Exception {
        RequestGate gate = gate(1, 0);
        RequestPermit permit = Requests.enter(gate, "GET", "/");

        permit.enterThread();
        permit.interrupt();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        permit.leaveThread();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();

        permit.interrupt();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(permit.interrupted()).isTrue();
        assertThat(permit.stack()).isEmpty();
    }

    @Test
    void anotherThreadsLeaveDoesNotHideTheThreadThatRuns() throws Exception {
        RequestGate gate = gate(1, 0);
        RequestPermit permit = Requests.enter(gate, "GET", "/");
        permit.enterThread();

        Waiter.start(
                        () -> {
                            permit.leaveThread();
                            return true;
                        })
                .result();

        permit.interrupt();
        assertThat(Thread.interrupted()).isTrue();
    }

    private static RequestGate gateWithStreams(int limit, int streams) {
        return new RequestGate(
                WorkerSettings.builder()
                        .virtual(limit)
                        .queue(20)
                        .queueTimeout(LONG)
                        .streams(streams)
                        .limit("/limited", 1)
                        .build(),
                new VirtualEngine());
    }

    @Test
    void aStreamGivesItsPlaceToTheNextInTheQueue() throws Exception {
        RequestGate gate = gateWithStreams(1, 2);
        Permit stream = Requests.enter(gate, "GET", "/stream");
        Waiter<Permit> next = Waiter.inLine(gate, "/next");

        assertThat(stream.becomesStream()).isTrue();
        assertThat(stream.becomesStream()).isTrue();

        next.result().release();
        assertThat(gate.active()).isZero();
        assertThat(gate.streams()).isEqualTo(1);
        assertThat(gate.requests()).hasSize(1);
        stream.release();
        stream.release();
        assertThat(gate.streams()).isZero();
        assertThat(gate.requests()).isEmpty();
        assertThat(stream.becomesStream()).isTrue();
        assertThat(gate.streams()).isZero();
    }

    @Test
    void aStreamLeavesTheLimitOfItsPath() throws Exception {
        RequestGate gate = gateWithStreams(5, 2);
        Permit stream = Requests.enter(gate, "GET", "/limited");

        assertThat(stream.becomesStream()).isTrue();

        assertThat(gate.counts().limits().getFirst().active()).isZero();
        Requests.enter(gate, "GET", "/limited").release();
        stream.release();
        assertThat(gate.streams()).isZero();
    }

    @Test
    void aStreamTooManyKeepsItsPlaceUntilItEnds() throws Exception {
        RequestGate gate = gateWithStreams(5, 1);
        Permit first = Requests.enter(gate, "GET", "/1");
        Permit second = Requests.enter(gate, "GET", "/2");
        assertThat(first.becomesStream()).isTrue();

        assertThat(second.becomesStream()).isFalse();
        first.release();

        assertThat(second.becomesStream()).isFalse();
        assertThat(second.isRefused()).isTrue();
        assertThat(second.interrupted()).isTrue();
        assertThat(second.answer())
                .isEqualTo(new GateAnswer(503, "too many event streams", 1, false));
        assertThat(gate.counts().streamsFull()).isEqualTo(1);
        assertThat(gate.active()).isEqualTo(1);
        second.release();
        assertThat(gate.active()).isZero();
        assertThat(gate.streams()).isZero();
    }

    @Test
    void withoutStreamsAStreamKeepsItsPlace() throws Exception {
        RequestGate gate = gateWithStreams(5, 0);
        Permit stream = Requests.enter(gate, "GET", "/1");

        assertThat(stream.becomesStream()).isTrue();

        assertThat(gate.active()).isEqualTo(1);
        assertThat(gate.streams()).isZero();
        stream.release();
        assertThat(gate.active()).isZero();
    }

    @Test
    void aDrainWaitsForStreamsLast() throws Exception {
        RequestGate gate = gateWithStreams(5, 2);
        Permit stream = Requests.enter(gate, "GET", "/stream");
        Permit request = Requests.enter(gate, "GET", "/request");
        gate.shut();
        assertThat(stream.becomesStream()).isTrue(); // it was inside before

        assertThat(gate.awaitOnlyStreams(Duration.ZERO)).isFalse();
        request.release();
        assertThat(gate.awaitOnlyStreams(Duration.ZERO)).isTrue();
        assertThat(gate.awaitEmpty(Duration.ZERO)).isFalse();
        assertThat(gate.endStreams()).isEqualTo(1);
        assertThat(gate.endStreams()).isZero();
        assertThat(gate.cutOff()).hasSize(1); // it was to end before, and has not
        stream.release();
        assertThat(gate.awaitEmpty(Duration.ZERO)).isTrue();
    }

    @Test
    void theEndOfTheGraceReportsNoStreams() throws Exception {
        RequestGate gate = gateWithStreams(5, 2);
        Permit stream = Requests.enter(gate, "GET", "/stream");
        Permit request = Requests.enter(gate, "GET", "/request");
        assertThat(stream.becomesStream()).isTrue();
        gate.shut();

        assertThat(gate.cutOff()).singleElement().asString().startsWith("GET /request");
        assertThat(stream.interrupted()).isTrue();
        stream.release();
        request.release();
    }
}
