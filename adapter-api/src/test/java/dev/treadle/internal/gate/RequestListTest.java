package dev.treadle.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.treadle.gate.ClientSocket;
import dev.treadle.gate.SocketPair;
import dev.treadle.internal.engine.VirtualEngine;
import dev.treadle.stats.RequestState;
import dev.treadle.stats.RequestThread;
import dev.treadle.stats.RequestView;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RequestListTest {
    private final RequestGate gate =
            new RequestGate(1, 10, Duration.ofMinutes(1), new VirtualEngine());

    /**
     * The thread of a request. Its stack is taken only after it has been told to go on, and has
     * left its request: a list that held a lock of the request meanwhile would never end.
     */
    private static final class SlowToShow extends Thread {
        private final CountDownLatch goOn = new CountDownLatch(1);
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch left = new CountDownLatch(1);
        private final RequestPermit permit;
        private final boolean comesBack;

        SlowToShow(RequestPermit permit, boolean comesBack) {
            super("slow-to-show");
            this.permit = permit;
            this.comesBack = comesBack;
        }

        @Override
        public void run() {
            permit.enterThread();
            entered.countDown();
            try {
                goOn.await();
                permit.leaveThread();
                if (comesBack) {
                    permit.enterThread();
                }
                left.countDown();
            } catch (InterruptedException ended) {
                // the test has failed
            }
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            goOn.countDown();
            try {
                left.await();
            } catch (InterruptedException ended) {
                interrupt();
            }
            return new StackTraceElement[] {
                new StackTraceElement("com.example.OrderDao", "find", "OrderDao.java", 41)
            };
        }
    }

    private RequestView only() {
        List<RequestView> all = gate.views();
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    @Test
    void noLockOfARequestIsHeldWhileAStackIsTaken() throws Exception {
        SlowToShow thread = new SlowToShow(Requests.enter(gate, "GET", "/orders"), true);
        thread.start();
        thread.entered.await();
        RequestView request = only();
        assertThat(request.thread().name()).isEqualTo("slow-to-show");
        assertThat(request.frame()).isEqualTo("com.example.OrderDao.find(OrderDao.java:41)");
        thread.join();
    }

    @Test
    void theStackOfAThreadThatHasLeftIsDropped() throws Exception {
        RequestPermit permit = Requests.enter(gate, "GET", "/orders");
        SlowToShow thread = new SlowToShow(permit, false);
        thread.start();
        thread.entered.await();
        RequestView request = only();
        assertThat(request.thread()).isEqualTo(RequestThread.NONE);
        assertThat(request.frame()).isEmpty();
        thread.join();
        assertThat(permit.stack()).isEmpty();
    }

    @Test
    void harakirisLookDropsItToo() throws Exception {
        RequestPermit permit = Requests.enter(gate, "GET", "/orders");
        SlowToShow thread = new SlowToShow(permit, false);
        thread.start();
        thread.entered.await();
        assertThat(permit.stack()).isEmpty();
        thread.join();
    }

    /** The thread of a request whose stack takes longer than a list may take. */
    private static final class Endless extends Thread {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch over;
        private final RequestPermit permit;

        Endless(RequestPermit permit, CountDownLatch over) {
            this.permit = permit;
            this.over = over;
        }

        @Override
        public void run() {
            permit.enterThread();
            entered.countDown();
            try {
                over.await();
            } catch (InterruptedException ended) {
                // the test has failed
            }
            permit.leaveThread();
            permit.release();
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            long began = System.nanoTime();
            while (System.nanoTime() - began < TimeUnit.MILLISECONDS.toNanos(450)) {
                onSpinWait(); // the time is what this is about
            }
            return super.getStackTrace();
        }
    }

    @Test
    void aListOfManyTakesStacksForALimitedTime() throws Exception {
        int sure = 1_000;
        RequestGate wide =
                new RequestGate(sure + 1, 10, Duration.ofMinutes(1), new VirtualEngine());
        CountDownLatch over = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        Endless first = new Endless(Requests.enter(wide, "GET", "/slow"), over);
        first.start();
        first.entered.await();
        threads.add(first);
        for (int i = 0; i < sure; i++) {
            threads.add(waiting(Requests.enter(wide, "GET", "/" + i), over));
        }
        List<RequestView> views = wide.views();
        assertThat(views).hasSize(sure + 1);
        assertThat(views.subList(0, sure))
                .allSatisfy(view -> assertThat(view.thread().stack()).isNotEmpty());
        assertThat(views.getLast().thread().stack()).isEmpty();
        assertThat(views.getLast().thread().id()).isEqualTo(threads.getLast().threadId());
        over.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** Returns a thread that is in the request until it is over. */
    private static Thread waiting(RequestPermit permit, CountDownLatch over)
            throws InterruptedException {
        CountDownLatch entered = new CountDownLatch(1);
        Thread thread =
                Thread.ofVirtual()
                        .start(() -> {
                            permit.enterThread();
                            entered.countDown();
                            try {
                                over.await();
                            } catch (InterruptedException ended) {
                                // the test has failed
                            }
                            permit.leaveThread();
                            permit.release();
                        });
        entered.await();
        return thread;
    }

    @Test
    void aRequestKeepsItsNumberFromTheQueueOn() throws Exception {
        RequestPermit first = Requests.enter(gate, "GET", "/first");
        CompletableFuture<RequestPermit> second = new CompletableFuture<>();
        Thread waits =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                second.complete(Requests.enter(gate, "POST", "/second"));
                            } catch (Exception refused) {
                                second.completeExceptionally(refused);
                            }
                        });
        await().until(() -> gate.waiting() == 1);
        List<RequestView> both = gate.views();
        assertThat(both).extracting(RequestView::path).containsExactly("/first", "/second");
        assertThat(both).extracting(RequestView::id).containsExactly(1L, 2L);
        assertThat(both)
                .extracting(RequestView::state)
                .containsExactly(RequestState.RUNNING, RequestState.QUEUED);
        first.release();
        RequestPermit inside = second.get();
        assertThat(only().id()).isEqualTo(2);
        assertThat(only().state()).isEqualTo(RequestState.RUNNING);
        inside.release();
        assertThat(gate.views()).isEmpty();
        waits.join();
        Requests.enter(gate, "GET", "/third").release();
        RequestPermit fourth = Requests.enter(gate, "GET", "/fourth");
        assertThat(only().id()).as("one that was never listed has none").isEqualTo(3);
        fourth.release();
    }

    @Test
    void theAddressIsMaskedAndAFailureCostsOnlyIt() throws Exception {
        RequestPermit permit =
                Requests.enter(gate, "GET", "/", new At(InetAddress.getByName("192.0.2.1")));
        assertThat(only().client()).isEqualTo("192.0.2.x");
        permit.release();
        RequestPermit other = Requests.enter(gate, "GET", "/", new At(null));
        assertThat(only().client()).isEmpty();
        other.release();
    }

    /** A client with an address; without one, its connection is gone and the look for it fails. */
    private record At(@Nullable InetAddress known) implements ClientSocket {
        @Override
        public @Nullable SocketPair pair() {
            return null;
        }

        @Override
        public InetAddress address() {
            if (known == null) {
                throw new IllegalStateException("gone");
            }
            return known;
        }
    }
}
