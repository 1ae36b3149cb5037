package dev.treadle.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.treadle.gate.GateAnswer;
import dev.treadle.gate.GateListener;
import dev.treadle.gate.Permit;
import dev.treadle.internal.engine.VirtualEngine;
import dev.treadle.stats.RefusalReason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Everything a gate may meet, all at once, and the books must balance. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class GateStressTest {
    private static final int LIMIT = 3;
    private static final int QUEUE = 6;
    private static final int THREADS = 16;
    private static final int OPERATIONS = 50_000; // for each thread
    private static final Duration QUEUE_TIMEOUT = Duration.ofNanos(300_000);

    private final VirtualEngine engine = new VirtualEngine();
    private final RequestGate gate = new RequestGate(LIMIT, QUEUE, QUEUE_TIMEOUT, engine);
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger mostInside = new AtomicInteger();
    private final AtomicLong admitted = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong interrupted = new AtomicLong();
    private final CountDownLatch answered = new CountDownLatch(THREADS * OPERATIONS);

    @Test
    void neverMoreThanNInsideAndNoPlaceIsLost() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            boolean async = i % 4 == 3;
            threads.add(
                    i % 2 == 0
                            ? Thread.ofVirtual().unstarted(this::comeAndGo)
                            : Thread.ofPlatform()
                                    .daemon()
                                    .unstarted(async ? this::comeAndGoAsync : this::comeAndGo));
        }
        threads.forEach(Thread::start);
        AtomicBoolean over = new AtomicBoolean();
        Thread nuisance = Thread.ofPlatform().daemon().start(() -> disturb(threads, over));
        for (Thread thread : threads) {
            thread.join();
        }
        over.set(true);
        nuisance.join();
        answered.await();

        assertThat(mostInside.get()).isEqualTo(LIMIT);
        assertThat(inside.get()).isZero();
        RequestGate.Counts stats = gate.counts();
        assertThat(stats.gate().active()).isZero();
        assertThat(stats.gate().waiting()).isZero();
        assertThat(stats.completed()).isEqualTo(admitted.get());
        assertThat(stats.all().refused().total()).isEqualTo(refused.get());
        assertThat(stats.all().refused().queueFull()).isPositive();
        assertThat(stats.all().refused().queueTimeout()).isPositive();
        assertThat(stats.all().refused().draining()).isPositive();
        assertThat(interrupted.get()).isPositive();
        assertThat(admitted.get() + refused.get() + interrupted.get())
                .isEqualTo((long) THREADS * OPERATIONS);
        assertThat(gate.requests()).isEmpty();
        allPlacesAreStillThere();
    }

    /**
     * No request gives up here: if a wake-up or a place were lost, this test would not end. Two
     * threads only, so that the queue becomes empty, and not empty, all the time.
     */
    @Test
    void nobodyWaitsWhileAPlaceIsFree() throws Exception {
        RequestGate patient = new RequestGate(1, THREADS, Duration.ofMinutes(5), engine);
        int each = 4 * OPERATIONS;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            threads.add(
                    Thread.ofPlatform()
                            .daemon()
                            .start(() -> {
                                for (int n = 0; n < each; n++) {
                                    try {
                                        Requests.enter(patient, "GET", "/").release();
                                    } catch (Requests.TurnedAwayException
                                            | InterruptedException unexpected) {
                                        throw new AssertionError(unexpected);
                                    }
                                }
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        RequestGate.Counts stats = patient.counts();
        assertThat(stats.completed()).isEqualTo(2L * each);
        assertThat(stats.gate().active()).isZero();
        assertThat(stats.gate().waiting()).isZero();
    }

    private void allPlacesAreStillThere() throws Exception {
        for (int i = 0; i < LIMIT; i++) {
            Requests.enter(gate, "GET", "/" + i);
        }
        assertThat(
                        catchThrowableOfType(
                                        Requests.TurnedAwayException.class,
                                        () -> Requests.enter(gate, "GET", "/more"))
                                .reason())
                .isEqualTo(RefusalReason.QUEUE_TIMEOUT);
    }

    private void comeAndGo() {
        for (int i = 0; i < OPERATIONS; i++) {
            try {
                beInside(Requests.enter(gate, "GET", "/"));
            } catch (Requests.TurnedAwayException refusal) {
                refused.incrementAndGet();
            } catch (InterruptedException expected) {
                interrupted.incrementAndGet();
            }
            answered.countDown();
        }
    }

    private void comeAndGoAsync() {
        for (int i = 0; i < OPERATIONS; i++) {
            RequestGate.Place place =
                    gate.enter(
                            "GET",
                            "/async",
                            new GateListener() {
                                @Override
                                public void admitted(Permit permit) {
                                    Thread.ofVirtual()
                                            .start(() -> {
                                                beInside(permit);
                                                answered.countDown();
                                            });
                                }

                                @Override
                                public void answered(GateAnswer answer) {
                                    refused.incrementAndGet();
                                    answered.countDown();
                                }
                            });
            if (place != null) {
                LockSupport.parkNanos(50_000);
                place.giveUp();
            }
        }
    }

    private void beInside(Permit permit) {
        admitted.incrementAndGet();
        mostInside.accumulateAndGet(inside.incrementAndGet(), Math::max);
        if (ThreadLocalRandom.current().nextInt(16) == 0) {
            LockSupport.parkNanos(20_000);
        }
        inside.decrementAndGet();
        permit.release();
        if (ThreadLocalRandom.current().nextInt(64) == 0) {
            permit.release();
        }
    }

    private void disturb(List<Thread> threads, AtomicBoolean over) {
        for (int i = 0; !over.get(); i++) {
            threads.get(ThreadLocalRandom.current().nextInt(THREADS)).interrupt();
            if (i % 50 == 0) {
                gate.shut();
                if (i % 100 == 0) {
                    gate.cutOff();
                }
                gate.open();
            }
            LockSupport.parkNanos(100_000);
        }
    }
}
