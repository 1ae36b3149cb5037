package dev.treadle.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Workers;
import dev.treadle.settings.WorkerSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class WorkersHealthTest {
    private static final Duration FROZEN = Duration.ofMillis(50);

    /** Holds its hub: a loop never gives way. */
    private static final class Hog implements Runnable {
        private final CountDownLatch begun = new CountDownLatch(1);
        private volatile boolean over;

        @Override
        public void run() {
            begun.countDown();
            while (!over) {
                Thread.onSpinWait();
            }
        }
    }

    private static WorkersHealth awaited(Workers workers, String status) {
        WorkersHealth health = WorkersHealth.of(workers, FROZEN);
        while (!health.status().equals(status)) {
            Thread.onSpinWait();
            health = WorkersHealth.of(workers, FROZEN);
        }
        return health;
    }

    @Test
    void aHubThatDoesNotAnswerIsDownUntilItDoes() throws Exception {
        Hog hog = new Hog();
        try (Workers workers =
                Workers.open(WorkerSettings.builder().gevent(5).hubs(1).retake(null).build())) {
            assertThat(WorkersHealth.of(workers).status()).isEqualTo("UP");
            try {
                workers.executor().execute(hog);
                hog.begun.await();
                workers.executor().execute(() -> {});
                assertThat(awaited(workers, "DOWN").details())
                        .containsEntry("model", "gevent")
                        .containsEntry("limit", 5)
                        .containsKey("frozen");
                // the timeout of the caller decides that
                assertThat(WorkersHealth.of(workers, Duration.ofDays(1)).status()).isEqualTo("UP");
            } finally {
                hog.over = true;
            }
            assertThat(awaited(workers, "UP").details()).doesNotContainKey("frozen");
        }
    }

    @Test
    void aStopIsOutOfServiceFromItsFirstMoment() throws Exception {
        try (Workers workers = Workers.open(WorkerSettings.virtual(5))) {
            assertThat(WorkersHealth.of(workers).status()).isEqualTo("UP");
            workers.prepareStop();
            assertThat(WorkersHealth.of(workers).status()).isEqualTo("OUT_OF_SERVICE");
            workers.resume();
            assertThat(WorkersHealth.of(workers).status()).isEqualTo("UP");
        }
    }
}
