package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerModel;
import dev.treadle.settings.WorkerSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The promise of cooperation: between two blocking points of a greenlet no other greenlet of its
 * hub runs.
 */
public interface GeventContract extends GateContract {
    /** How many requests count at once. */
    int REQUESTS = 1_000;

    /**
     * A retake ends what is promised here, and a carrier that a busy machine does not let run for 5
     * ms would be retaken. Not off, for then no event loop carries a hub before JDK 24.
     */
    Duration NO_RETAKE = Duration.ofMinutes(5);

    @Test
    @Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    default void onOneHubAPlainStaticIntLosesNoUpdate() throws Exception {
        int expected = REQUESTS * Counting.INCREMENTS;
        WorkerSettings strict =
                WorkerSettings.builder().gevent(REQUESTS).hubs(1).retake(NO_RETAKE).build();
        assertThat(count(strict)).isEqualTo(expected);
    }

    /** Printed, not asserted: what preemption loses is chance. */
    @Test
    @Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    default void onThreadsTheSameTestMayLoseUpdates() throws Exception {
        int expected = REQUESTS * Counting.INCREMENTS;
        int counted = count(WorkerSettings.threads(REQUESTS));
        System.out.printf(
                "plain static int, %,d increments by %,d requests at once: %s %,d lost%n",
                expected, REQUESTS, WorkerModel.THREADS, expected - counted);
    }

    /** Greenlets run on the stack of their carrier, which is the thread of an event loop. */
    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    default void aGreenletCanBlockAtADepthOfTenThousandFrames() throws Exception {
        TckRun run = start(WorkerSettings.gevent(2));
        assertThat(run.connect().get("/deep").text()).isEqualTo("10000 deep");
    }

    private int count(WorkerSettings settings) throws Exception {
        TckRun run = start(settings);
        Counting.counter = 0;
        List<Client> connections = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            connections.add(run.connect().sendGet("/count"));
        }
        for (Client connection : connections) {
            assertThat(connection.read().status()).isEqualTo(200);
        }
        return Counting.counter;
    }
}
