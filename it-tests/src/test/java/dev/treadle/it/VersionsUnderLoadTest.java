package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.launcher.host.Application;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** The counts of the launcher's applications, with clients that never pause. */
class VersionsUnderLoadTest {
    private static final int CLIENTS = 3;
    private static final int SWITCHES = 300;

    private final AtomicBoolean over = new AtomicBoolean();

    /** A version that knows whether it has been stopped. */
    private static final class Version {
        private final AtomicInteger inside = new AtomicInteger();
        private volatile boolean stopped;
    }

    private final Application<Version> application = new Application<>(new Version());

    @Test
    void nobodyIsInsideAVersionThatIsStopped() throws Exception {
        List<FutureTask<Integer>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            FutureTask<Integer> client = new FutureTask<>(this::visit);
            clients.add(client);
            Thread.ofPlatform().start(client);
        }
        for (int i = 0; i < SWITCHES; i++) {
            Application.Running<Version> former = application.switchTo(new Version());
            assertThat(former.awaitNobodyInside(PATIENCE)).isZero();
            assertThat(former.version().inside).hasValue(0);
            former.version().stopped = true;
        }
        over.set(true);
        int visits = 0;
        for (FutureTask<Integer> client : clients) {
            visits += client.get();
        }
        assertThat(visits).isPositive();
    }

    private int visit() {
        int visits = 0;
        while (!over.get()) {
            Application.Running<Version> running = application.enter();
            running.version().inside.incrementAndGet();
            Thread.onSpinWait();
            assertThat(running.version().stopped).isFalse();
            running.version().inside.decrementAndGet();
            running.leave();
            visits++;
        }
        return visits;
    }

    @Test
    void thoseInsideAreToldWhenTheGraceIsOver() throws Exception {
        Application.Running<Version> running = application.enter();
        application.enter();
        Application.Running<Version> former = application.switchTo(new Version());
        assertThat(former).isSameAs(running);
        assertThat(former.awaitNobodyInside(Duration.ZERO)).isEqualTo(2);
        running.leave();
        running.leave();
        assertThat(former.awaitNobodyInside(PATIENCE)).isZero();
        assertThat(application.enter()).isNotSameAs(running);
    }
}
