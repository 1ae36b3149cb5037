package dev.treadle.internal.hub;

import dev.treadle.loop.EventLoop;
import dev.treadle.loop.LoopCarrier;

import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The hand-over of a hub, in every order of the steps of a few threads, up to a bound: a producer,
 * carriers, the thread of a loop and the watch. Possible faults: a thread waits for ever (Lincheck
 * finds that no thread can go on), a slice is lost or run twice, or two carriers have the hub.
 * These tests cover orders of steps only; reordering by the processor is covered by the classes
 * {@code *Jcstress}.
 *
 * <p>{@code -Dtreadle.lincheck=20000} looks at so many orders of each.
 */
@Timeout(value = 12, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HubModelTest {
    private static final int ORDERS = Integer.getInteger("treadle.lincheck", 100);

    /** Each carrier has a thread of its own, of which the model checker knows. */
    private static final class ModelThreads extends CarrierThreads {
        // written by the thread that starts the next carrier: one at a time
        private final List<Carrier> carriers = new ArrayList<>();
        private final List<Thread> started = new ArrayList<>();
        private int rejections;

        ModelThreads(int rejections) {
            super(1);
            this.rejections = rejections;
        }

        @Override
        void carry(Carrier carrier) {
            if (rejections > 0) {
                rejections--;
                throw new RejectedExecutionException("made up by a test");
            }
            carriers.add(carrier);
            Thread thread = new Thread(() -> carrier.hub().carry(carrier));
            started.add(thread);
            thread.start();
        }

        @Override
        void prepareWakers(Runnable wakesNothing) {
            // a thread of the pool that waits for work would count as one that hangs
        }

        @Override
        void wakeElsewhere(Runnable wake) {
            throw new IllegalStateException("only the JDK's own thread hands this over");
        }

        @Override
        boolean hasRoom() {
            return true;
        }

        @Override
        void tooMany(int hub) {
            // expected, and logging has many steps
        }
    }

    /** A loop without events, which is never told to wait. */
    private static final class Loop implements EventLoop {
        @Override
        public void wakeUp() {}

        @Override
        public boolean canTurn() {
            return false;
        }

        @Override
        public void turn(boolean wait) {
            throw new IllegalStateException("it said that it cannot");
        }
    }

    /** One hub, and what is to be true of it. */
    private static final class Model {
        private final ModelThreads threads;
        private final Hub hub;
        private final int slices;
        private final CountDownLatch toRun;
        private final AtomicInteger ran = new AtomicInteger();
        private final AtomicInteger intruders = new AtomicInteger();

        Model(int slices, int rejections) {
            this.slices = slices;
            toRun = new CountDownLatch(slices);
            threads = new ModelThreads(rejections);
            hub = new Hub(0, threads);
        }

        void offerSlice() {
            hub.execute(this::slice);
        }

        /** A timer that is due counts as a slice here. */
        void setTimer() {
            var unused = hub.schedule(this::slice, 0, TimeUnit.NANOSECONDS);
        }

        private void slice() {
            ran.incrementAndGet();
            int others = 0;
            Carrier self = Carrier.of(Thread.currentThread());
            for (int i = 0; i < threads.carriers.size(); i++) { // it may grow meanwhile
                Carrier carrier = threads.carriers.get(i);
                if (carrier.is(Thread.currentThread())) {
                    self = carrier;
                } else if (!carrier.isOut()) {
                    others++;
                }
            }
            // a carrier that lost the hub meanwhile runs in parallel with the next carrier
            if (self != null && !self.isOut()) {
                intruders.addAndGet(others);
            }
            toRun.countDown();
        }

        /** The life of a loop's own thread: it comes, runs what there is, and goes. */
        void loopComesAndGoes() {
            LoopCarrier carrier = hub.attach(new Loop());
            carrier.run();
            carrier.awake();
            carrier.detach();
        }

        void watchRetakes() {
            Carrier held = hub.carrier();
            if (held != null) {
                if (!hub.retake(held, () -> {})) {
                    hub.retakeFromLoop(held, () -> {});
                }
            }
        }

        void end(Thread... others) {
            try {
                join(others);
                hub.ensureCarrier(); // as the watch does
                toRun.await(); // before the close, which wakes carriers that sleep
                hub.close();
                int joined = 0;
                while (joined < threads.started.size()) {
                    join(threads.started.get(joined));
                    joined++;
                }
            } catch (InterruptedException unexpected) {
                throw new IllegalStateException(unexpected);
            }
            if (ran.get() != slices) {
                throw new IllegalStateException(ran + " slices ran (expected: " + slices + ")");
            }
            if (intruders.get() != 0) {
                throw new IllegalStateException("two carriers had the hub");
            }
        }

        private static void join(Thread... threads) throws InterruptedException {
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private static Thread start(Runnable role) {
        Thread thread = new Thread(role);
        thread.start();
        return thread;
    }

    @Test
    void twoProducersAndACarrierThatSleepsAndEnds() {
        Lincheck.runConcurrentTest(
                ORDERS,
                () -> {
                    Model model = new Model(2, 0);
                    Thread other = start(model::offerSlice);
                    model.offerSlice();
                    model.end(other);
                });
    }

    /** Here carriers end and begin all the time. */
    @Test
    void twoProducersAndAClosedHub() {
        Lincheck.runConcurrentTest(
                ORDERS,
                () -> {
                    Model model = new Model(2, 0);
                    model.hub.close();
                    Thread other = start(model::offerSlice);
                    model.offerSlice();
                    model.end(other);
                });
    }

    /** The end of a slice on a carrier that has lost its hub. */
    @Test
    void aTimerIsSetWhileTheCarrierFallsAsleep() {
        Lincheck.runConcurrentTest(
                ORDERS,
                () -> {
                    Model model = new Model(2, 0);
                    model.offerSlice();
                    model.end(start(model::setTimer));
                });
    }

    @Test
    void aTimerIsSetWhileALoopTakesItsHubAndLeavesItAgain() {
        Lincheck.runConcurrentTest(
                ORDERS,
                () -> {
                    Model model = new Model(2, 0);
                    Thread loop = start(model::loopComesAndGoes);
                    model.setTimer();
                    model.offerSlice();
                    model.end(loop);
                });
    }

    /** Its own thread wants the hub while a carrier looks at the queue, runs, or sleeps. */
    @Test
    void aLoopTakesItsHubFromACarrierAndLeavesItAgain() {
        Lincheck.runConcurrentTest(
                3 * ORDERS,
                () -> {
                    Model model = new Model(2, 0);
                    model.offerSlice();
                    model.offerSlice();
                    model.end(start(model::loopComesAndGoes));
                });
    }

    @Test
    void aSliceComesWhileALoopTakesItsHubAndLeavesItAgain() {
        Lincheck.runConcurrentTest(
                ORDERS,
                () -> {
                    Model model = new Model(1, 0);
                    Thread loop = start(model::loopComesAndGoes);
                    model.offerSlice();
                    model.end(loop);
                });
    }

    /** Its own thread begins to wait for the hub just as no thread can be had for it. */
    @Test
    void aLoopComesWhileNoCarrierCanBeHad() {
        Lincheck.runConcurrentTest(
                ORDERS,
                () -> {
                    Model model = new Model(1, 1);
                    Thread loop = start(model::loopComesAndGoes);
                    model.offerSlice();
                    model.end(loop);
                });
    }

    @Test
    void theWatchRetakesTheHubOfASlice() {
        Lincheck.runConcurrentTest(
                ORDERS,
                () -> {
                    Model model = new Model(2, 0);
                    model.offerSlice();
                    model.offerSlice();
                    model.end(start(model::watchRetakes));
                });
    }

    @Test
    void theWatchRetakesTheHubOfALoop() {
        Lincheck.runConcurrentTest(
                ORDERS,
                () -> {
                    Model model = new Model(2, 0);
                    model.offerSlice();
                    Thread loop = start(model::loopComesAndGoes);
                    Thread watch = start(model::watchRetakes);
                    model.offerSlice();
                    model.end(loop, watch);
                });
    }
}
