package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerModel;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.stats.Report;
import dev.treadle.stats.ReportKind;

import jdk.jfr.consumer.RecordedEvent;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Code that holds a hub, and requests that run too long, are reported with the request, the line
 * and the cause. Requests that do neither are not.
 */
@SameWithoutLoops
public interface ReportsContract extends GateContract {
    /** Far longer than the slices of quick requests, also on a busy machine. */
    Duration LONGEST_SLICE = Duration.ofMillis(300);

    /** A report comes within a second; the rest is for a machine that is busy. */
    Duration LATEST_REPORT = Duration.ofSeconds(1).plusSeconds(3);

    /** A fault that goes on until the latch opens. */
    @FunctionalInterface
    interface Fault {
        void run(CountDownLatch end) throws Exception;
    }

    private static WorkerSettings watched() {
        return WorkerSettings.builder().gevent(20).hubs(1).maxBlockingTime(LONGEST_SLICE).build();
    }

    @Test
    @Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    default void codeThatHoldsItsHubIsReportedOnceWithRequestLineAndCause() throws Exception {
        TckRun run = start(watched());
        List<Report> told = new CopyOnWriteArrayList<>();
        run.workers().onReport(told::add);
        // long slices are not reported while the JVM is cold; this one will be as soon as it is not
        hold(
                run,
                told,
                "/task/first",
                end -> {
                    while (end.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                });

        assertReported(
                run, told, "/task/hog", Faults::hog, "dev.treadle.tck.Faults.hog(", "computes");
        assertReported(
                run,
                told,
                "/task/initialiser",
                Faults::initialise,
                Faults.INITIALISED + ".<clinit>(SlowInitialiser.java:",
                "sleeps inside a class initialiser");
        assertReported(
                run,
                told,
                "/task/native",
                Faults::awaitInitialiser,
                "dev.treadle.tck.Faults.awaitInitialiser(",
                "native code");
        run.untilIdle();
        assertThat(told).extracting(Report::request).doesNotContain("GET /hello");
        assertThat(run.workers().recentReports()).isEqualTo(new ArrayList<>(told).reversed());
    }

    private static void assertReported(
            TckRun run, List<Report> told, String path, Fault fault, String frame, String cause)
            throws Exception {
        Instant begin = Instant.now();
        hold(run, told, path, fault);
        List<Report> reports = of(told, path);
        assertThat(reports).as("reports of " + path).hasSize(1);
        Report report = reports.getFirst();
        assertThat(report.kind()).isEqualTo(ReportKind.LONG_SLICE);
        assertThat(report.hub()).isZero();
        assertThat(report.frame()).startsWith(frame);
        assertThat(report.cause()).contains(cause);
        assertThat(report.advice()).endsWith(".");
        assertThat(report.stack()).isNotEmpty();
        assertThat(report.lasted()).isGreaterThanOrEqualTo(LONGEST_SLICE);
        assertThat(report.time()).isBetween(begin, begin.plus(LATEST_REPORT));
        System.out.printf(
                "report of %s: %d ms after the request was sent, at a limit of %d ms%n",
                path, Duration.between(begin, report.time()).toMillis(), LONGEST_SLICE.toMillis());
        assertThat(report.toString()).doesNotContain("secret");
        assertThat(run.warnings())
                .filteredOn(line -> line.contains("GET " + path + ", has run for "))
                .singleElement()
                .asString()
                .contains(report.cause(), report.frame(), report.advice());
    }

    /** Holds a hub with the fault until that is reported, while innocent requests go on. */
    private static void hold(TckRun run, List<Report> told, String path, Fault fault)
            throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        run.probe()
                .nextTask(() -> {
                    fault.run(end);
                    return "held";
                });
        CompletableFuture<Client.Answer> held = run.getLater(path + "?secret=1");
        try {
            // more than a minute, where the JVM goes on loading and compiling
            for (int i = 0; i < 3 && of(told, path).isEmpty(); i++) {
                awaitReport(run, told, path, i == 2);
            }
        } finally {
            end.countDown();
        }
        assertThat(TckRun.result(held).text()).isEqualTo("held");
        for (int i = 0; i < 20; i++) {
            assertThat(run.connect().get("/hello").text()).isEqualTo("hello");
        }
    }

    private static void awaitReport(TckRun run, List<Report> told, String path, boolean last) {
        try {
            run.until("a report of " + path, () -> !of(told, path).isEmpty());
        } catch (AssertionError notYet) {
            if (last) {
                throw notYet;
            }
        }
    }

    private static List<Report> of(List<Report> told, String path) {
        return told.stream()
                .filter(report ->
                        report.kind() == ReportKind.LONG_SLICE
                                && report.request().equals("GET " + path))
                .toList();
    }

    @EachModel
    default void harakiriAndRequestsThatIgnoreItAreReported(WorkerModel model) throws Exception {
        TckRun run =
                start(GateContract.settings(model, 2).harakiri(HarakiriContract.LIMIT).build());
        run.expectWarning("harakiri: ");
        run.expectWarning("[Ii]nterrupted");
        List<Report> told = new CopyOnWriteArrayList<>();
        run.workers().onReport(told::add);
        CompletableFuture<Client.Answer> answer = run.getLater("/stuck/ignores?secret=1");
        run.until("stuck", () -> !ofKind(told, ReportKind.STUCK).isEmpty());
        assertThat(run.connect().get("/hello").text()).isEqualTo("hello");
        run.probe().letGo();
        assertThat(TckRun.result(answer).text()).isEqualTo("ended by itself");
        run.untilIdle();

        assertThat(ofKind(told, ReportKind.HARAKIRI)).hasSize(1);
        assertThat(ofKind(told, ReportKind.STUCK)).hasSize(1); // one in ten seconds
        for (ReportKind kind : List.of(ReportKind.HARAKIRI, ReportKind.STUCK)) {
            Report report = ofKind(told, kind).getFirst();
            assertThat(report.request()).isEqualTo("GET /stuck/ignores");
            assertThat(report.frame())
                    .startsWith("dev.treadle.tck.StuckServlets.ignoreInterrupts(");
            assertThat(report.cause()).isEqualTo("it waits for another thread");
            assertThat(report.lasted()).isGreaterThanOrEqualTo(HarakiriContract.LIMIT);
            assertThat(report.hub()).isEqualTo(-1);
            assertThat(report.toMap()).containsEntry("kind", kind.word());
        }
        assertThat(run.workers().recentReports()).containsAll(told);
        assertThat(run.warnings())
                .filteredOn(line -> line.contains("harakiri: GET /stuck/ignores "))
                .first()
                .asString()
                .contains("it waits for another thread at dev.treadle.tck.StuckServlets");
    }

    private static List<Report> ofKind(List<Report> told, ReportKind kind) {
        return told.stream().filter(report -> report.kind() == kind).toList();
    }

    @EachModel
    default void waitsAndHarakirisAreRecordedForEachRequestThatHasThem(WorkerModel model)
            throws Exception {
        int waiting = 5;
        try (Recorded recorded = new Recorded("treadle.GateWait", "treadle.Harakiri")) {
            TckRun run =
                    start(
                            GateContract.settings(model, 1)
                                    .queue(waiting)
                                    .harakiri(Duration.ofSeconds(2))
                                    .build());
            run.expectWarning("harakiri: ");
            run.expectWarning("[Ii]nterrupted");
            Client client = run.connect();
            for (int i = 0; i < 20; i++) {
                assertThat(client.get("/hello").text()).isEqualTo("hello");
                run.untilIdle();
            }
            CompletableFuture<Client.Answer> held = run.getLater("/hold?secret=1");
            run.untilInside(1);
            List<CompletableFuture<Client.Answer>> queued = new ArrayList<>();
            for (int i = 0; i < waiting; i++) {
                queued.add(run.getLater("/hello?secret=1"));
            }
            run.untilWaiting(waiting);
            assertThat(run.connect().get("/hello").status()).as("the queue is full").isEqualTo(503);
            assertThat(TckRun.result(held).status()).isEqualTo(503);
            for (CompletableFuture<Client.Answer> each : queued) {
                assertThat(TckRun.result(each).status()).isEqualTo(200);
            }
            run.untilIdle();

            run.until("recorded", () -> recorded.events("treadle.Harakiri").size() == 1);
            RecordedEvent struck = recorded.events("treadle.Harakiri").getFirst();
            assertThat(struck.getString("method")).isEqualTo("GET");
            assertThat(struck.getString("path")).isEqualTo("/hold");
            assertThat(struck.getDuration("age")).isGreaterThan(Duration.ofSeconds(2));
            List<RecordedEvent> waits = recorded.events("treadle.GateWait");
            assertThat(waits).hasSize(waiting);
            for (RecordedEvent wait : waits) {
                assertThat(wait.getString("path")).isEqualTo("/hello");
                assertThat(wait.getString("outcome")).isEqualTo("admitted");
                assertThat(wait.getDuration()).isPositive();
            }
        }
    }

    @EachModel
    default void aWaitThatIsTooLongIsRecordedWithItsReason(WorkerModel model) throws Exception {
        try (Recorded recorded = new Recorded("treadle.GateWait")) {
            TckRun run =
                    start(
                            GateContract.settings(model, 1)
                                    .queueTimeout(Duration.ofMillis(200))
                                    .build());
            CompletableFuture<Client.Answer> held = run.getLater("/hold");
            run.untilInside(1);
            assertThat(run.connect().get("/hello").status()).isEqualTo(503);
            run.until("recorded", () -> recorded.events("treadle.GateWait").size() == 1);
            RecordedEvent wait = recorded.events("treadle.GateWait").getFirst();
            assertThat(wait.getString("outcome")).isEqualTo("queue-timeout");
            assertThat(wait.getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(190));
            run.probe().letGo();
            assertThat(TckRun.result(held).status()).isEqualTo(200);
        }
    }

    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    default void aHogIsRecordedAndAQuickRequestIsNot() throws Exception {
        try (Recorded recorded = new Recorded("treadle.LongSlice")) {
            TckRun run = start(watched());
            for (int i = 0; i < 20; i++) {
                assertThat(run.connect().get("/hello").text()).isEqualTo("hello");
            }
            Instant begin = Instant.now();
            run.probe()
                    .nextTask(() -> {
                        Faults.hog(run.probe().held());
                        return "held";
                    });
            CompletableFuture<Client.Answer> held = run.getLater("/task/hog?secret=1");
            run.until("recorded", () -> !hogs(recorded).isEmpty());
            run.probe().letGo();
            assertThat(TckRun.result(held).text()).isEqualTo("held");

            assertThat(hogs(recorded)).hasSize(1);
            RecordedEvent hog = hogs(recorded).getFirst();
            assertThat(hog.getStartTime()).isBetween(begin, begin.plus(LATEST_REPORT));
            assertThat(hog.getInt("hub")).isZero();
            assertThat(hog.getString("frame")).startsWith("dev.treadle.tck.Faults.hog(");
            assertThat(hog.getString("stack")).contains("Faults.hog(").doesNotContain("secret");
            assertThat(hog.getDuration("lasted")).isGreaterThanOrEqualTo(LONGEST_SLICE);
            assertThat(recorded.events("treadle.LongSlice"))
                    .noneMatch(event -> event.getString("request").equals("GET /hello"));
        }
    }

    private static List<RecordedEvent> hogs(Recorded recorded) throws Exception {
        return recorded.events("treadle.LongSlice").stream()
                .filter(event -> event.getString("request").equals("GET /task/hog"))
                .toList();
    }
}
