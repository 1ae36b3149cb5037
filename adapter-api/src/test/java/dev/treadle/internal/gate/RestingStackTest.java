package dev.treadle.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.util.Objects.requireNonNull;

import dev.treadle.Workers;
import dev.treadle.gate.ClientSocket;
import dev.treadle.gate.Permit;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;
import dev.treadle.stats.RequestState;
import dev.treadle.stats.RequestView;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A list shows a stack of an earlier one only while the greenlet has not moved. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RestingStackTest {
    private static final int LISTS = 2_000;
    private static final int GREENLETS = 20;
    private static final long SEED = 42;

    private final Workers workers = Workers.open(WorkerSettings.gevent(100));
    private final ServerWorkers server = ServerWorkers.of(workers);

    /** A request that waits at one place after the other, for each step until it is let go. */
    private final class Walker {
        private final String path;
        private volatile Thread thread = Thread.currentThread();
        private volatile long allowed;
        private volatile long step;
        private volatile boolean over;

        Walker(String path) {
            this.path = path;
            server.executor().execute(this::run);
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
        private void run() {
            if (!(gateEnter() instanceof Permit permit)) {
                throw new IllegalStateException("refused");
            }
            thread = Thread.currentThread();
            permit.enterThread();
            while (!over) {
                if (step % 2 == 0) {
                    even(step);
                } else {
                    odd(step);
                }
                step++; // out of the place: it may stand still here for long
            }
            permit.leaveThread();
            permit.release();
        }

        private Object gateEnter() {
            try {
                return server.gate().enter("GET", path, ClientSocket.UNKNOWN);
            } catch (InterruptedException never) {
                throw new IllegalStateException(never);
            }
        }

        private void even(long present) {
            await(present);
        }

        private void odd(long present) {
            await(present);
        }

        private void await(long present) {
            while (allowed <= present && !over) {
                LockSupport.park(this);
            }
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
        void goOn() {
            allowed++;
            LockSupport.unpark(thread);
        }

        void end() {
            over = true;
            LockSupport.unpark(thread);
        }
    }

    @AfterEach
    void close() {
        workers.close();
    }

    private Map<String, RequestView> byPath() {
        return workers.requestReport().requests().stream()
                .collect(Collectors.toMap(RequestView::path, Function.identity()));
    }

    private RequestView waiting(String path, String place) {
        return await().until(
                        () -> byPath().get(path),
                        view ->
                                view != null
                                        && view.state() != RequestState.RUNNING
                                        && shows(view, place));
    }

    private static boolean shows(RequestView view, String place) {
        return view.thread().stack().stream()
                .anyMatch(frame -> frame.getMethodName().equals(place));
    }

    @Test
    void theStackOfAGreenletThatRestsIsTakenOnce() {
        Walker walker = new Walker("/one");
        waiting("/one", "even");
        // one that was taken in the first slice, or before the slice had ended, is not kept
        RequestView first = requireNonNull(byPath().get("/one"));
        RequestView second = requireNonNull(byPath().get("/one"));
        assertThat(second.thread().stack()).isSameAs(first.thread().stack());
        assertThat(second.age()).isGreaterThan(first.age());
        walker.goOn();
        RequestView moved = waiting("/one", "odd");
        assertThat(shows(moved, "even")).isFalse();
        assertThat(moved.slices().orElseThrow()).isGreaterThan(second.slices().orElseThrow());
        walker.end();
        await().until(() -> workers.requests().isEmpty());
    }

    @Test
    void aRequestWhoseFirstThreadHasLeftIsOnTheHubOfItsSecond() throws Exception {
        Permit permit = (Permit) server.gate().enter("GET", "/two", ClientSocket.UNKNOWN);
        CountDownLatch firstEntered = new CountDownLatch(1);
        CountDownLatch firstLeaves = new CountDownLatch(1);
        CountDownLatch secondLeaves = new CountDownLatch(1);
        CountDownLatch firstLeft = inside(permit, firstEntered, firstLeaves);
        firstEntered.await();
        CountDownLatch secondEntered = new CountDownLatch(1);
        CountDownLatch secondLeft = inside(permit, secondEntered, secondLeaves);
        secondEntered.await();
        firstLeaves.countDown();
        firstLeft.await();
        RequestView view = requireNonNull(byPath().get("/two"));
        assertThat(view.thread().id()).isPositive();
        assertThat(view.thread().hub()).isBetween(0, workers.settings().hubs() - 1);
        secondLeaves.countDown();
        secondLeft.await();
        permit.release();
    }

    /** A greenlet enters the request, and leaves it later. Returns what says that it has left. */
    private CountDownLatch inside(Permit permit, CountDownLatch entered, CountDownLatch leaves) {
        CountDownLatch left = new CountDownLatch(1);
        server.executor()
                .execute(() -> {
                    permit.enterThread();
                    entered.countDown();
                    try {
                        leaves.await();
                    } catch (InterruptedException ended) {
                        Thread.currentThread().interrupt(); // the test has failed
                    }
                    permit.leaveThread();
                    left.countDown();
                });
        return left;
    }

    @Test
    void noListShowsAPlaceThatAGreenletHasLeft() {
        List<Walker> walkers = new ArrayList<>();
        for (int i = 0; i < GREENLETS; i++) {
            walkers.add(new Walker("/" + i));
        }
        await().until(() -> workers.requests().size() == GREENLETS);
        Random random = new Random(SEED);
        long shown = 0;
        for (int i = 0; i < LISTS; i++) {
            walkers.get(random.nextInt(GREENLETS)).goOn();
            long[] before = walkers.stream().mapToLong(each -> each.step).toArray();
            Map<String, RequestView> views = byPath();
            for (int j = 0; j < GREENLETS; j++) {
                RequestView view = requireNonNull(views.get("/" + j));
                long after = walkers.get(j).step;
                boolean even = shows(view, "even");
                if (before[j] == after && (even || shows(view, "odd"))) {
                    assertThat(even)
                            .as("%s at step %d", view.path(), after)
                            .isEqualTo(after % 2 == 0);
                    shown++;
                }
            }
        }
        assertThat(shown).as("places that were told").isGreaterThan(LISTS);
        walkers.forEach(Walker::end);
        await().atMost(Duration.ofSeconds(60)).until(() -> workers.requests().isEmpty());
    }
}
