package dev.treadle.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A greenlet that blocks where it cannot be unmounted does not stop its hub. The one such place on
 * every JDK is a class initialiser, so that is what these tests use: each initialises the same
 * class anew, in a class loader of its own.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HubWatchTest {
    private static final Duration RETAKE = Duration.ofMillis(20);

    private final Engine engine = new GeventEngine(1, RETAKE);

    @AfterEach
    void close() throws InterruptedException {
        assertThat(engine.close(Duration.ofSeconds(10), Duration.ofSeconds(10))).isEmpty();
        await("watch and carriers end")
                .until(() -> threads("treadle-watch") == 0 && threads("treadle-hub-0") == 0);
    }

    private static long threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(name))
                .count();
    }

    /** Initialises {@link PinnedInitializer} once more, whatever was initialised before. */
    private static void pin() {
        try {
            Class.forName(PinnedInitializer.class.getName(), true, new Afresh());
        } catch (ClassNotFoundException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Defines {@link PinnedInitializer} anew, and takes all other classes from where they are. */
    private static final class Afresh extends ClassLoader {
        Afresh() {
            super(HubWatchTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(PinnedInitializer.class.getName())) {
                return super.loadClass(name, resolve);
            }
            String file = name.replace('.', '/') + ".class";
            try (InputStream in = HubWatchTest.class.getClassLoader().getResourceAsStream(file)) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(
                        name, bytes, 0, bytes.length, HubWatchTest.class.getProtectionDomain());
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
    }

    /**
     * On a scheduler that nobody watches this hangs for ever: the owner of the lock needs the
     * carrier that is held.
     */
    @Test
    void aClassInitialiserThatWaitsForAnUnmountedGreenletDoesNotFreezeTheHub() throws Exception {
        CountDownLatch locked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(2);
        engine.execute(() -> {
            PinLock.LOCK.lock();
            try {
                locked.countDown();
                awaitQuietly(go);
            } finally {
                PinLock.LOCK.unlock();
            }
            done.countDown();
        });
        locked.await();
        engine.execute(() -> {
            pin();
            done.countDown();
        });
        engine.execute(go::countDown);
        done.await();
    }

    @Test
    void othersGoOnWhileManyAreBlockedAndNothingIsLostOrRunTwice() throws Exception {
        int rounds = 30;
        AtomicInteger ran = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(rounds * 11);
        PinLock.LOCK.lock();
        try {
            for (int i = 0; i < rounds; i++) {
                engine.execute(() -> {
                    pin();
                    ran.incrementAndGet();
                    done.countDown();
                });
                for (int j = 0; j < 10; j++) {
                    engine.execute(() -> {
                        LockSupport.parkNanos(1);
                        ran.incrementAndGet();
                        done.countDown();
                    });
                }
            }
            await("all but the blocked ones").until(() -> done.getCount() == rounds);
        } finally {
            PinLock.LOCK.unlock();
        }
        done.await();
        assertThat(ran).hasValue(rounds * 11);
    }

    @Test
    void aGreenletThatComputesKeepsItsHub() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicBoolean intruded = new AtomicBoolean();
        CountDownLatch computing = new CountDownLatch(1);
        engine.execute(() -> {
            computing.countDown();
            while (!stop.get()) {
                Thread.onSpinWait();
            }
        });
        computing.await();
        engine.execute(() -> intruded.set(true));
        long start = System.nanoTime();
        await("many looks of the watch")
                .until(() -> System.nanoTime() - start > RETAKE.toNanos() * 10);
        assertThat(intruded).isFalse();
        stop.set(true);
        await("the other runs behind it").untilTrue(intruded);
    }

    @Test
    void theWatchOfAnIdleHubIsNotWoken() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        engine.execute(ran::countDown);
        ran.await();
        List<Thread> watches =
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().equals("treadle-watch"))
                        .toList();
        assertThat(watches).hasSize(1);
        // WAITING, not TIMED_WAITING: it parks until a hub wakes it
        await("watch parked without a limit")
                .until(() -> watches.getFirst().getState() == Thread.State.WAITING);
        CountDownLatch again = new CountDownLatch(1);
        engine.execute(again::countDown);
        again.await();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
