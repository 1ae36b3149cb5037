package dev.treadle.internal.jfr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.treadle.Workers;
import dev.treadle.settings.WorkerSettings;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FlightEventsTest {
    private static final int TASKS = 100;

    @TempDir private Path directory;

    private List<RecordedEvent> events(Recording recording, String name) throws IOException {
        Path file = directory.resolve("events.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .toList();
    }

    private static void runTasks(Workers workers) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(TASKS);
        for (int i = 0; i < TASKS; i++) {
            workers.executor()
                    .execute(() -> {
                        LockSupport.parkNanos(1);
                        done.countDown();
                    });
        }
        done.await();
    }

    @Test
    void slicesAreRecordedOnlyIfThatIsAskedFor() throws Exception {
        try (Recording recording = new Recording();
                Workers workers =
                        Workers.open(WorkerSettings.builder().gevent(10).hubs(1).build())) {
            recording.start();
            runTasks(workers);
            assertThat(FlightEvents.recordsSlices()).isFalse();
            assertThat(events(recording, "treadle.Slice")).isEmpty();
            recording.enable("treadle.Slice").withoutThreshold();
            await().until(FlightEvents::recordsSlices);
            runTasks(workers);
            List<RecordedEvent> slices = events(recording, "treadle.Slice");
            assertThat(slices).hasSizeGreaterThanOrEqualTo(TASKS);
            assertThat(slices).allMatch(event -> event.getInt("hub") == 0);
            assertThat(slices).anyMatch(event -> event.getLong("threadId") > 0);
        }
    }

    @Test
    void aRetakeIsRecorded() throws Exception {
        try (Recording recording = new Recording();
                Workers workers =
                        Workers.open(
                                WorkerSettings.builder()
                                        .gevent(10)
                                        .hubs(1)
                                        .retake(Duration.ofMillis(20))
                                        .build())) {
            recording.enable("treadle.Retake");
            recording.start();
            CountDownLatch other = new CountDownLatch(1);
            CountDownLatch held = new CountDownLatch(1);
            workers.executor()
                    .execute(() -> {
                        held.countDown();
                        while (other.getCount() > 0) {
                            Thread.onSpinWait();
                        }
                    });
            held.await();
            workers.executor().execute(other::countDown);
            other.await();
            await().untilAsserted(
                            () -> assertThat(events(recording, "treadle.Retake")).isNotEmpty());
            RecordedEvent retake = events(recording, "treadle.Retake").getFirst();
            assertThat(retake.getInt("hub")).isZero();
            assertThat(retake.getDuration("heldFor")).isGreaterThanOrEqualTo(Duration.ofMillis(10));
        }
    }

    @Test
    void withoutTheModuleOfTheRecorderAllElseWorks() throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--limit-modules",
                                "java.management,java.logging,jdk.unsupported",
                                "--add-opens",
                                "java.base/java.lang=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                WithoutFlightRecorder.class.getName())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(output.lines()).as(output).contains("without jfr", "false false null", "ended");
    }
}
