package dev.treadle;

import dev.treadle.internal.VirtualEngine;

import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The gate in every order of the steps of three requests, up to a bound. {@code
 * -Dtreadle.lincheck=20000} looks at so many orders.
 */
@Timeout(value = 12, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class GateModelTest {
    private static final int ORDERS = Integer.getInteger("treadle.lincheck", 100);
    private static final VirtualEngine ENGINE = new VirtualEngine();

    /** Goes in, is alone there, and comes out again. */
    private static final class Visitor implements GateListener {
        private final AtomicInteger inside;
        private final AtomicInteger served;

        Visitor(AtomicInteger inside, AtomicInteger served) {
            this.inside = inside;
            this.served = served;
        }

        @Override
        public void admitted(Permit permit) {
            if (inside.incrementAndGet() != 1) {
                throw new IllegalStateException("two are inside");
            }
            inside.decrementAndGet();
            served.incrementAndGet();
            permit.release();
        }

        @Override
        public void refused(RefusedException refusal) {
            throw new IllegalStateException(refusal);
        }
    }

    @Test
    void threeRequestsForOnePlaceAreServedOneAfterAnother() {
        Lincheck.runConcurrentTest(
                ORDERS,
                () -> {
                    Gate gate = new Gate(1, 2, Duration.ofMinutes(1), ENGINE);
                    AtomicInteger inside = new AtomicInteger();
                    AtomicInteger served = new AtomicInteger();
                    Runnable request = () -> gate.enter("GET", "/", new Visitor(inside, served));
                    Thread one = new Thread(request);
                    Thread other = new Thread(request);
                    one.start();
                    other.start();
                    request.run();
                    try {
                        one.join();
                        other.join();
                    } catch (InterruptedException unexpected) {
                        throw new IllegalStateException(unexpected);
                    }
                    if (served.get() != 3 || gate.active() != 0 || gate.waiting() != 0) {
                        throw new IllegalStateException(
                                served
                                        + " served, "
                                        + gate.active()
                                        + " inside, "
                                        + gate.waiting()
                                        + " in line (expected: 3, 0, 0)");
                    }
                });
    }
}
