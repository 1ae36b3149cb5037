package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerModel;
import dev.treadle.stats.HubLoad;
import dev.treadle.stats.RequestReport;
import dev.treadle.stats.RequestState;
import dev.treadle.stats.RequestThread;
import dev.treadle.stats.RequestView;
import dev.treadle.stats.StackGroup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/** The list of requests tells the truth: which there are, what each waits for, and where. */
@SameWithoutLoops
public interface RequestsContract extends GateContract {
    /** How a client of this machine is shown. */
    String MASKED = "127.0.0.x";

    private static Map<RequestState, Integer> states(RequestReport report) {
        Map<RequestState, Integer> states = new EnumMap<>(RequestState.class);
        report.requests().forEach(each -> states.merge(each.state(), 1, Integer::sum));
        return states;
    }

    /**
     * Waits for a report with these states, and returns it. The next one may differ: a thread has
     * no stack to show in the moment in which it goes on or off its carrier.
     */
    private static RequestReport untilStates(TckRun run, Map<RequestState, Integer> expected) {
        AtomicReference<RequestReport> last = new AtomicReference<>();
        try {
            run.until(
                    "requests in the states " + expected,
                    () -> {
                        RequestReport report = run.workers().requestReport();
                        last.set(report);
                        return states(report).equals(expected);
                    });
        } catch (AssertionError late) {
            // which of them is in another state, and where it is
            throw new AssertionError(
                    late.getMessage() + "\nlast seen: " + last.get().requests(), late);
        }
        return last.get();
    }

    private static List<CompletableFuture<Client.Answer>> send(TckRun run, int count, String path) {
        List<CompletableFuture<Client.Answer>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            answers.add(run.getLater(path));
        }
        return answers;
    }

    @EachModel
    default void statesAndGroupsAreThoseOfTheRequests(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 10).queue(20).build());
        List<CompletableFuture<Client.Answer>> answers = new ArrayList<>();
        answers.addAll(send(run, 5, "/requests/sleep?secret=1"));
        answers.addAll(send(run, 3, "/stuck/lock"));
        answers.addAll(send(run, 2, "/stuck/socket"));
        Map<RequestState, Integer> inside =
                Map.of(RequestState.SLEEP, 5, RequestState.LOCK, 3, RequestState.SOCKET, 2);
        untilStates(run, inside);
        answers.addAll(send(run, 4, "/hello"));
        run.untilWaiting(4);

        Map<RequestState, Integer> all = new EnumMap<>(inside);
        all.put(RequestState.QUEUED, 4);
        RequestReport report = untilStates(run, all);
        assertThat(report.model()).isEqualTo(model);
        assertThat(report.inside()).isEqualTo(10);
        assertThat(report.queued()).isEqualTo(4);
        assertThat(report.requests()).allMatch(each -> each.method().equals("GET"));
        assertThat(report.requests().stream().map(RequestView::path).distinct())
                .containsExactlyInAnyOrder(
                        "/requests/sleep", "/stuck/lock", "/stuck/socket", "/hello");
        assertThat(report.requests())
                .isSortedAccordingTo(Comparator.comparing(RequestView::age).reversed());
        assertThat(report.requests()).extracting(RequestView::client).containsOnly(MASKED);
        assertThat(report.requests()).extracting(RequestView::id).doesNotHaveDuplicates();
        assertThat(run.workers().requests())
                .as("the same numbers, without stacks")
                .extracting(RequestView::id)
                .containsExactlyElementsOf(
                        report.requests().stream().map(RequestView::id).toList());
        assertThat(run.workers().requests()).allMatch(each -> each.thread().stack().isEmpty());
        for (RequestView each : report.requests()) {
            assertThreadOf(model, each);
        }
        assertGroups(run, report);

        run.probe().letGo();
        for (CompletableFuture<Client.Answer> answer : answers) {
            assertThat(TckRun.result(answer).status()).isEqualTo(200);
        }
        run.untilIdle();
        assertThat(run.workers().requests()).isEmpty();
    }

    private static void assertThreadOf(WorkerModel model, RequestView request) {
        RequestThread thread = request.thread();
        if (request.state() == RequestState.QUEUED) {
            assertThat(thread).isEqualTo(RequestThread.NONE);
            assertThat(request.frame()).isEmpty();
            return;
        }
        assertThat(thread.name()).startsWith("treadle-");
        assertThat(thread.id()).isPositive();
        assertThat(thread.virtual()).isEqualTo(model != WorkerModel.THREADS);
        assertThat(thread.stack()).isNotEmpty();
        if (model == WorkerModel.GEVENT) {
            assertThat(thread.hub()).isNotNegative();
        } else {
            assertThat(thread.hub()).isEqualTo(-1);
        }
    }

    private static void assertGroups(TckRun run, RequestReport report) {
        String line =
                run.probe().notes().stream()
                        .filter(note -> note.startsWith(RequestServlets.SLEEPS_AT))
                        .map(note -> note.substring(RequestServlets.SLEEPS_AT.length()))
                        .findFirst()
                        .orElseThrow();
        List<StackGroup> groups = report.groups();
        assertThat(groups)
                .extracting(StackGroup::state)
                .containsExactly(
                        RequestState.SLEEP,
                        RequestState.QUEUED,
                        RequestState.LOCK,
                        RequestState.SOCKET);
        assertThat(groups).extracting(StackGroup::count).containsExactly(5, 4, 3, 2);
        StackGroup asleep = groups.getFirst();
        assertThat(asleep.frame())
                .isEqualTo(
                        "dev.treadle.tck.RequestServlets.sleep(RequestServlets.java:" + line + ")");
        assertThat(asleep.waitsIn()).isEqualTo("dev.treadle.tck.RequestServlets.sleep");
        assertThat(asleep.examples()).containsExactly("GET /requests/sleep");
        assertThat(asleep.oldest())
                .isEqualTo(
                        report.requests().stream()
                                .filter(each -> each.state() == RequestState.SLEEP)
                                .findFirst()
                                .map(RequestView::age)
                                .orElseThrow());
        assertThat(groups.get(1).frame()).isEmpty();
        assertThat(groups.get(1).stack()).isEmpty();
        assertThat(groups.get(2).frame()).startsWith("dev.treadle.tck.StuckServlets.lock(");
        assertThat(groups.get(3).frame())
                .startsWith("dev.treadle.tck.StuckServlets.readFromASocket(");
        assertThat(report.groupsToText())
                .contains("5 requests sleep in RequestServlets.sleep (dev.treadle.tck.")
                .contains("4 requests wait in the queue, oldest ")
                .doesNotContain("secret");
        assertThat((Collection<?>) report.groupsToMap().get("groups")).hasSize(4);
    }

    /** Alone, so that it waits for nothing but what it does itself. */
    @EachModel
    default void slicesAndProcessorTimeAreThoseOfTheRequest(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 10).retake(null).build());
        assertThat(run.workers().requests()).isEmpty(); // a platform thread is timed from here on
        CompletableFuture<Client.Answer> answer = run.getLater("/requests/use");
        untilStates(run, Map.of(RequestState.SLEEP, 1));
        RequestView request = run.workers().requests().getFirst();
        if (model == WorkerModel.GEVENT) {
            // one more where a pause begins with an unpark that came late, and so ends twice
            assertThat(request.slices().orElseThrow())
                    .isBetween(1L + RequestServlets.PAUSES, 2L + RequestServlets.PAUSES);
        } else {
            assertThat(request.slices()).isEmpty();
        }
        if (model == WorkerModel.VIRTUAL) {
            assertThat(request.cpu()).isEmpty();
        } else {
            assertThat(request.cpu().orElseThrow())
                    .isBetween(RequestServlets.COMPUTES, request.age());
            run.until(
                    "a later look at the request that sleeps",
                    () ->
                            run.workers()
                                            .requests()
                                            .getFirst()
                                            .age()
                                            .compareTo(request.age().plusMillis(50))
                                    > 0);
            assertThat(run.workers().requests().getFirst().cpu().orElseThrow())
                    .as("the sleep does not count")
                    .isLessThan(request.cpu().orElseThrow().plusMillis(25));
        }
        List<HubLoad> hubs = run.workers().stats().hubs().each();
        if (model == WorkerModel.GEVENT) {
            assertThat(hubs).hasSize(run.workers().settings().hubs());
            assertThat(hubs.stream().mapToLong(HubLoad::slices).sum())
                    .isGreaterThanOrEqualTo(1 + RequestServlets.PAUSES);
            assertThat(hubs.stream().mapToLong(hub -> hub.busy().toNanos()).sum())
                    .isGreaterThanOrEqualTo(RequestServlets.COMPUTES.toNanos());
            assertThat(hubs).extracting(HubLoad::longestSlice).allMatch(each -> !each.isNegative());
            assertThat(hubs.stream().map(HubLoad::longestSlice).max(Duration::compareTo))
                    .hasValueSatisfying(longest ->
                            assertThat(longest).isGreaterThanOrEqualTo(RequestServlets.COMPUTES));
            assertThat(hubs).allMatch(hub -> hub.busyShare() >= 0 && hub.busyShare() <= 1);
        } else {
            assertThat(hubs).isEmpty();
        }
        run.probe().letGo();
        assertThat(TckRun.result(answer).text()).isEqualTo("used");
    }

    @EachModel
    default void aRequestAtALimitByPathIsInTheListOnce(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 10)
                                .limit("/hold", 1, 5, Duration.ofSeconds(10))
                                .build());
        List<CompletableFuture<Client.Answer>> answers = send(run, 2, "/hold");
        run.untilInside(1);
        untilStates(run, Map.of(RequestState.OTHER, 1, RequestState.QUEUED, 1));
        List<Long> ids = run.workers().requests().stream().map(RequestView::id).toList();
        run.probe().letGo();
        for (CompletableFuture<Client.Answer> answer : answers) {
            assertThat(TckRun.result(answer).status()).isEqualTo(200);
        }
        assertThat(ids).doesNotHaveDuplicates();
    }

    @EachModel
    default void aRequestWithoutAThreadIsAsync(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 10).build());
        CompletableFuture<Client.Answer> answer = run.getLater("/async/complete");
        untilStates(run, Map.of(RequestState.ASYNC, 1));
        RequestView request = run.workers().requestReport().requests().getFirst();
        assertThat(request.thread()).isEqualTo(RequestThread.NONE);
        assertThat(request.client()).isEqualTo(MASKED);
        assertThat(request.frame()).isEmpty();
        run.probe().letGo();
        assertThat(TckRun.result(answer).text()).isEqualTo("completed");
    }

    @EachModel
    default void anEventStreamIsAStream(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 10).build());
        CompletableFuture<Client.Answer> answer = run.getLater("/stream/async");
        run.untilStreams(1);
        untilStates(run, Map.of(RequestState.STREAM, 1));
        run.probe().letGo();
        assertThat(TckRun.result(answer).status()).isEqualTo(200);
    }

    @EachModel
    default void textFromTheClientIsOnOneLine(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 10).build());
        CompletableFuture<Client.Answer> marked = run.getLater("/held/x%e2%80%aegpj?secret=1");
        run.untilInside(1);
        assertShown(run.workers().requestReport(), "/held/x\\u202egpj");
        CompletableFuture<Client.Answer> forged = run.getLater("/held/x%0d%0aforged%1b%5b31m");
        run.until("inside or refused", () -> run.probe().inside() == 2 || forged.isDone());
        if (run.probe().inside() == 2) {
            assertShown(run.workers().requestReport(), "/held/x\\u000d\\u000aforged\\u001b[31m");
        } else { // a container may refuse such a path by itself
            assertThat(TckRun.result(forged).status()).isEqualTo(400);
        }
        run.probe().letGo();
        assertThat(TckRun.result(marked).status()).isEqualTo(200);
        TckRun.result(forged);
    }

    private static void assertShown(RequestReport report, String path) {
        assertThat(report.requests().getLast().path()).isEqualTo(path);
        int lines = 2 + report.requests().size();
        assertThat(report.toText().lines()).hasSize(lines).last().asString().contains(path);
        assertThat(report.groupsToText()).contains("GET " + path).doesNotContain("secret");
        assertThat(report.threadDumpToText()).contains("GET " + path);
    }
}
