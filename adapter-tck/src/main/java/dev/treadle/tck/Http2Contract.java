package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerModel;
import dev.treadle.settings.WorkerSettings;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Requests are streams here: many of one connection are at the gate at once. */
public interface Http2Contract extends GateContract {
    /** How many bytes a body has in {@link #bodiesOfWaitingStreamsDoNotBlockThoseInside}. */
    int BODY = 300_000;

    /** The time in the queue for tests with short timeouts: no request must wait in vain. */
    Duration PATIENT = Duration.ofSeconds(60);

    /**
     * The window of the connection is for all its streams: unread bytes of those in the queue must
     * not use it up while those inside wait for theirs.
     */
    @EachModel
    default void bodiesOfWaitingStreamsDoNotBlockThoseInside(WorkerModel model) throws Exception {
        uploadAtOnce(model, 2);
    }

    @EachModel
    default void bodiesOfAdmittedStreamsDoNotBlockEachOther(WorkerModel model) throws Exception {
        uploadAtOnce(model, 50);
    }

    /** The handler of each takes 20 ms, so that 40 take 400 ms where N is 2. */
    private void uploadAtOnce(WorkerModel model, int n) throws Exception {
        TckRun run = start(GateContract.settings(model, n).queue(100).build());
        Http2Connection connection = run.connectHttp2();
        long start = System.nanoTime();
        List<CompletableFuture<Client.Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            answers.add(run.later(() -> upload(connection)));
        }
        for (CompletableFuture<Client.Answer> answer : answers) {
            assertThat(TckRun.result(answer).text()).isEqualTo("read " + BODY);
        }
        say(model, "40 bodies of " + BODY + " bytes, N = " + n, start);
        run.untilIdle();
        assertThat(run.workers().stats().gate().refused().total()).isZero();
    }

    /**
     * A client has sent a window of a body before it can know that the request is refused. Those
     * frames come for a stream that is over, and containers end connections on which there are too
     * many of them.
     */
    @EachModel
    default void uploadsThatAreRefusedEndNoOtherStream(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 4).queue(0).build());
        Http2Connection connection = run.connectHttp2();
        Http2Stream inside = connection.get("/hold");
        for (int i = 0; i < 3; i++) {
            run.connect().sendGet("/hold");
        }
        run.untilInside(4);
        for (int round = 0; round < 60; round++) {
            List<CompletableFuture<Client.Answer>> refused = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                refused.add(run.later(() -> upload(connection)));
            }
            for (CompletableFuture<Client.Answer> each : refused) {
                assertThat(TckRun.result(each).status()).isEqualTo(503);
            }
        }
        run.probe().letGo();
        assertThat(inside.read().text()).isEqualTo("held");
        assertThat(connection.ended()).isFalse();
        run.untilIdle();
    }

    /** Prints a time that is measured by the way, never asserted; CONTRIBUTING has the command. */
    private void say(WorkerModel model, String event, long start) {
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        System.out.printf("%s, %s: %s: %,d ms%n", getClass().getSimpleName(), model, event, millis);
    }

    private static Client.Answer upload(Http2Connection connection) throws IOException {
        Http2Stream stream = connection.post("/body/slow", BODY);
        try {
            stream.sendBody(new byte[BODY]);
        } catch (CutOffException notWanted) {
            if (!stream.answered()) {
                throw notWanted;
            }
        }
        return stream.read();
    }

    @EachModel
    default void moreStreamsThanTwentyReachTheGate(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 50).build());
        List<Http2Stream> streams = held(run, run.connectHttp2(), 40, "/hold");
        run.probe().letGo();
        for (Http2Stream stream : streams) {
            assertThat(stream.read().text()).isEqualTo("held");
        }
    }

    private static List<Http2Stream> held(
            TckRun run, Http2Connection connection, int count, String path) throws Exception {
        List<Http2Stream> streams = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            streams.add(connection.get(path));
        }
        run.untilInside(count);
        return streams;
    }

    @EachModel
    default void resetStreamsLeaveTheLine(WorkerModel model) throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 1)
                                .queue(100)
                                .queueTimeout(PATIENT)
                                .readyPath("/-/ready")
                                .build());
        Http2Connection connection = run.connectHttp2();
        Http2Stream inside = connection.get("/hold?name=inside");
        run.untilInside(1);
        List<Http2Stream> gone = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            gone.add(connection.get("/hold?name=gone"));
        }
        run.untilWaiting(50);
        for (Http2Stream stream : gone) {
            stream.reset(Http2Stream.CANCEL);
        }
        long reset = System.nanoTime();
        run.untilWaiting(0);
        say(model, "50 streams were reset and have left the queue", reset);
        assertThat(run.workers().stats().gate().refused().clientsGone()).isEqualTo(50);
        assertThat(connection.get("/-/ready").read().status()).isEqualTo(200);
        run.probe().letGo();
        assertThat(inside.read().text()).isEqualTo("held");
        assertThat(connection.get("/hello").read().text()).isEqualTo("hello");
        assertThat(run.probe().order()).containsExactly("inside");
    }

    @EachModel
    default void aResetAsyncRequestGivesItsPlaceBack(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 1).queue(20).build());
        Http2Connection connection = run.connectHttp2();
        Http2Stream idle = connection.get("/async/idle");
        run.untilNoted("idle");
        idle.reset(Http2Stream.CANCEL);
        AsyncContract.assertIdleRequestEnds(run);
        assertThat(connection.get("/hello").read().text()).isEqualTo("hello");
    }

    /** A thread that waits for room in the window of a stream waits in vain once that is reset. */
    @EachModel
    default void aResetEndsAnAnswerThatWaitsForItsWindow(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 1).queue(20).build());
        Http2Connection connection = run.connectHttp2Slowly();
        Http2Stream stream = connection.get("/big?bytes=10000000");
        run.until("a full window", () -> stream.unread() == Http2Connection.SMALL_WINDOW);
        stream.reset(Http2Stream.CANCEL);
        run.untilIdle();
        assertThat(connection.get("/hello").read().text()).isEqualTo("hello");
        assertThat(connection.ended()).isFalse();
    }

    /** An interrupt in the middle of a frame must not end the connection. */
    @EachModel
    default void aRequestThatIsStruckWhileItWritesEndsNoOtherStream(WorkerModel model)
            throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 10)
                                .queue(20)
                                .harakiri(Duration.ofMillis(200))
                                .build());
        run.expectWarning("harakiri: GET /stuck/writes");
        run.expectWarning("[Ii]nterrupted");
        run.expectWarning("Blocking.Shared incomplete"); // of Jetty, for a write that was ended
        Http2Connection connection = run.connectHttp2();
        for (int round = 0; round < 3; round++) {
            List<CompletableFuture<Boolean>> struck = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                Http2Stream stream = connection.get("/stuck/writes");
                struck.add(run.later(() -> isCutOff(stream)));
            }
            while (!struck.stream().allMatch(CompletableFuture::isDone)) {
                assertThat(connection.get("/hello").read().text()).isEqualTo("hello");
            }
            for (CompletableFuture<Boolean> each : struck) {
                assertThat(TckRun.result(each)).isTrue();
            }
        }
        assertThat(connection.ended()).isFalse();
        run.untilIdle();
    }

    /**
     * The client reads nothing while its streams are struck, and so a frame of theirs is still to
     * be written when they have ended. Other requests must not have its buffer yet.
     */
    @EachModel
    default void aRequestThatIsStruckWhileItsClientDoesNotReadGetsNoBytesOfOthers(WorkerModel model)
            throws Exception {
        TckRun run =
                start(
                        GateContract.settings(model, 40)
                                .queue(20)
                                .harakiri(Duration.ofMillis(400))
                                .build());
        run.expectWarning("harakiri: GET /stuck/marks");
        run.expectWarning("[Ii]nterrupted");
        run.expectWarning("Blocking.Shared incomplete");
        for (int round = 0; round < 2; round++) {
            // new ones: an idle connection ends after a while
            Http2Connection reading = run.connectHttp2();
            Http2Connection pausing = run.connectHttp2ToPause();
            pausing.pause();
            Map<String, Http2Stream> unread = new TreeMap<>();
            for (String mark : List.of("a", "b", "c", "d", "e", "f")) {
                unread.put(mark, pausing.get("/stuck/marks?mark=" + mark));
            }
            long struck = 18L * round + 6;
            run.until("all struck", () -> run.workers().stats().gate().harakiris() == struck);
            List<CompletableFuture<String>> others = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                Http2Stream other = reading.get("/stuck/marks?mark=z");
                others.add(run.later(() -> marksOf(other)));
            }
            for (CompletableFuture<String> other : others) {
                assertThat(TckRun.result(other)).isEqualTo("z");
            }
            boolean ends = gaps().contains(Gap.STRUCK_STREAMS_END_A_STALLED_CONNECTION);
            if (ends) {
                run.untilIdle();
            }
            pausing.goOn();
            for (Map.Entry<String, Http2Stream> each : unread.entrySet()) {
                assertThat(each.getKey()).startsWith(marksOf(each.getValue())); // none, or its own
            }
            if (ends) {
                run.until("the end of the connection", pausing::ended);
            } else {
                assertThat(pausing.get("/hello").read().text()).isEqualTo("hello");
            }
        }
        run.untilIdle();
    }

    /** Returns the different characters of an answer that is cut off, in the order they come. */
    private static String marksOf(Http2Stream stream) throws IOException {
        StringBuilder marks = new StringBuilder();
        byte[] buffer = new byte[16_384];
        try {
            int length;
            while ((length = stream.readBody(buffer, buffer.length)) >= 0) {
                for (char mark :
                        new String(buffer, 0, length, StandardCharsets.US_ASCII).toCharArray()) {
                    if (marks.isEmpty() || marks.charAt(marks.length() - 1) != mark) {
                        marks.append(mark);
                    }
                }
            }
            return marks + " and an end";
        } catch (CutOffException cut) {
            return marks.toString();
        }
    }

    /**
     * Containers end a connection on which too many streams are reset, against clients that do so
     * on purpose. Streams that harakiri resets are no fault of the client, not even as many at once
     * as here.
     */
    @EachModel
    default void manyAnswersThatAreCutOffDoNotEndTheirConnection(WorkerModel model)
            throws Exception {
        int n = 150;
        TckRun run =
                start(
                        GateContract.settings(model, n)
                                .queue(20)
                                .harakiri(Duration.ofMillis(1_200))
                                .build());
        run.expectWarning("harakiri: GET /stuck/begun");
        run.expectWarning("[Ii]nterrupted");
        run.expectWarning("Blocking.Shared incomplete");
        Http2Connection connection = run.connectHttp2();
        List<CompletableFuture<Boolean>> cut = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            Http2Stream stream = connection.get("/stuck/begun");
            cut.add(run.later(() -> isCutOff(stream)));
        }
        for (CompletableFuture<Boolean> each : cut) {
            assertThat(TckRun.result(each)).isTrue();
        }
        assertThat(connection.get("/hello").read().text()).isEqualTo("hello");
        assertThat(connection.ended()).isFalse();
        run.untilIdle();
    }

    private static boolean isCutOff(Http2Stream stream) throws IOException {
        byte[] buffer = new byte[16_384];
        try {
            while (stream.readBody(buffer, buffer.length) >= 0) {
                // more of it
            }
            return false;
        } catch (CutOffException cut) {
            return true;
        }
    }

    /** A client never opens a stream of which it could know that the queue is too full for it. */
    @EachModel
    default void advertisedStreamsFollowNAndQueueAndStreams(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 2).queue(3).streams(4).build());
        assertThat(run.connectHttp2().maxConcurrentStreams()).isEqualTo(9);
    }

    @EachModel
    default void aGreatNAdvertisesAtLeastAHundredStreams(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 1_000).build());
        assertThat(run.connectHttp2().maxConcurrentStreams()).isGreaterThanOrEqualTo(100);
    }

    @EachModel
    default void aDrainSaysGoAway(WorkerModel model) throws Exception {
        TckRun run =
                start(GateContract.settings(model, 4).drainDelay(Duration.ofSeconds(60)).build());
        Http2Connection idle = run.connectHttp2();
        assertThat(idle.get("/hello").read().status()).isEqualTo(200);
        Http2Connection busy = run.connectHttp2();
        Http2Stream inside = busy.get("/hold");
        run.untilInside(1);
        CompletableFuture<Boolean> leaving =
                run.later(() -> {
                    run.workers().prepareStop();
                    return true;
                });
        run.until("GOAWAY on an idle connection", () -> idle.goneAway().isPresent());
        assertThat(idle.goneAway().orElseThrow().code()).isZero();
        run.until("GOAWAY on a busy connection", () -> busy.goneAway().isPresent());
        assertThat(busy.goneAway().orElseThrow().code()).isZero();
        assertThat(leaving).isNotDone();
        run.probe().letGo();
        assertThat(inside.read().text()).isEqualTo("held");
        run.workers().resume();
        assertThat(TckRun.result(leaving)).isTrue();
        assertThat(run.connectHttp2().get("/hello").read().text()).isEqualTo("hello");
        run.workers().switchTo(GateContract.settings(model, 4).build()); // without that delay
    }

    private static WorkerSettings hubs(int hubs) {
        return WorkerSettings.builder()
                .gevent(100)
                .hubs(hubs)
                .retake(GeventContract.NO_RETAKE)
                .build();
    }

    /** A connection is on one event loop; its streams are not. */
    @ParameterizedTest(name = "{0} hubs")
    @ValueSource(ints = {1, 4})
    @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    default void streamsSpreadOverTheHubs(int hubs) throws Exception {
        TckRun run = start(hubs(hubs));
        List<Http2Stream> streams = held(run, run.connectHttp2(), 40, "/hold-on-carrier");
        run.probe().letGo();
        List<String> carriers = new ArrayList<>();
        for (Http2Stream stream : streams) {
            carriers.add(stream.read().text());
        }
        Map<String, Long> streamsOfHubs =
                carriers.stream()
                        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        assertThat(streamsOfHubs).hasSize(hubs);
        // each goes to the emptiest; tasks of the connection itself count for a moment too
        int fair = 40 / hubs;
        assertThat(streamsOfHubs.values()).allMatch(count -> Math.abs(count - fair) <= 2);
    }

    /** New connections, further streams of its own connection, and those of another one. */
    @ParameterizedTest(name = "hub-loop: {0}")
    @ValueSource(booleans = {true, false})
    @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    default void aStreamThatComputesDoesNotStopTheOthersOfItsHub(boolean loop) throws Exception {
        WorkerSettings.Builder settings =
                WorkerSettings.builder().gevent(100).hubs(1).retake(Duration.ofMillis(20));
        // left to the default where asking for loops would be refused
        boolean asked = !loop || !gaps().contains(Gap.NO_HUB_LOOPS);
        TckRun run = start(asked ? settings.hubLoop(loop).build() : settings.build());
        Http2Connection own = run.connectHttp2();
        Client other = run.connect();
        assertThat(other.get("/hello").text()).isEqualTo("hello");
        Http2Stream hog = own.get("/spin");
        run.untilInside(1);
        for (int i = 0; i < 20; i++) {
            assertThat(own.get("/hello").read().text()).as("own").isEqualTo("hello");
            assertThat(other.get("/hello").text()).as("other").isEqualTo("hello");
            assertThat(run.connect().get("/hello").text()).as("new").isEqualTo("hello");
            assertThat(other.sendPost("/upload", 4).sendBody("12").sendBody("34").read().text())
                    .isEqualTo("read 4");
        }
        assertThat(hog.over()).isFalse();
        assertThat(run.workers().stats().hubs().retakes()).isPositive();
        run.probe().letGo();
        assertThat(hog.read().status()).isEqualTo(200);
    }
}
