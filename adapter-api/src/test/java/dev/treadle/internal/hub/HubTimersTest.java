package dev.treadle.internal.hub;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HubTimersTest {
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000); // it overflows soon
    private final HubTimers timers = new HubTimers(clock::get);
    private final List<Throwable> failures = new ArrayList<>();

    private List<String> fire() {
        fired.clear();
        timers.fire(failures::add);
        return fired;
    }

    private final List<String> fired = new ArrayList<>();

    private HubTimers.Timer schedule(String name, long nanos) {
        return timers.schedule(() -> fired.add(name), nanos);
    }

    private void set(String name, long nanos) {
        var unused = schedule(name, nanos);
    }

    @Test
    void theyAreRunInTheOrderOfTheirTimes() {
        set("c", 3_000);
        set("a", 1_000);
        set("b", 2_000);

        assertThat(timers.nanosToFirst()).isEqualTo(1_000);
        assertThat(timers.isDue()).isFalse();
        assertThat(fire()).isEmpty();
        clock.addAndGet(2_000);
        assertThat(timers.isDue()).isTrue();
        assertThat(timers.nanosToFirst()).isZero();
        assertThat(fire()).containsExactly("a", "b");
        assertThat(timers.nanosToFirst()).isEqualTo(1_000);
        clock.addAndGet(1_000);
        assertThat(fire()).containsExactly("c");
        assertThat(timers.isEmpty()).isTrue();
        assertThat(timers.nanosToFirst()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void oneThatIsCancelledIsGoneAtOnce() {
        HubTimers.Timer first = schedule("a", 1_000);
        HubTimers.Timer second = schedule("b", 2_000);

        assertThat(first.cancel(false)).isTrue();
        assertThat(first.cancel(false)).isFalse();
        assertThat(first.isCancelled()).isTrue();
        assertThat(timers.nanosToFirst()).isEqualTo(2_000);
        clock.addAndGet(2_000);
        assertThat(fire()).containsExactly("b");
        assertThat(second.isDone()).isTrue();
        assertThat(second.cancel(false)).isFalse();
        assertThat(second.isCancelled()).isFalse();
        assertThat(timers.isEmpty()).isTrue();
    }

    @Test
    void delaysWithoutMeaningAreNowOrNever() {
        set("now", -5);
        set("never", Long.MAX_VALUE);

        assertThat(fire()).containsExactly("now");
        clock.addAndGet(TimeUnit.DAYS.toNanos(36_500));
        assertThat(fire()).isEmpty();
        assertThat(timers.isEmpty()).isFalse();
    }

    @Test
    void oneThatFailsIsReportedAndTheOthersRun() {
        var unused =
                timers.schedule(
                        () -> {
                            throw new IllegalStateException("made up");
                        },
                        0);
        set("b", 0);

        assertThat(fire()).containsExactly("b");
        assertThat(failures)
                .singleElement()
                .hasToString("java.lang.IllegalStateException: made up");
    }

    @Test
    void oneThatSetsAnotherOneForNowDoesNotKeepTheCarrier() {
        var unused = timers.schedule(() -> set("next", 0), 0);

        assertThat(fire()).as("at most once each").hasSizeLessThanOrEqualTo(1);
        fire();
        assertThat(timers.isEmpty()).isTrue();
    }

    /** Against a list that is sorted each time, from a seed that is said. */
    @Test
    void anyOrderOfCallsGivesWhatASortedListGives() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        record Entry(long due, HubTimers.Timer timer) {}
        List<Entry> entries = new ArrayList<>();
        AtomicInteger ran = new AtomicInteger();
        long now = 0;
        for (int i = 0; i < 20_000; i++) {
            int what = random.nextInt(10);
            if (what < 5) {
                long delay = random.nextInt(1_000);
                entries.add(new Entry(now + delay, timers.schedule(ran::incrementAndGet, delay)));
            } else if (what < 8 && !entries.isEmpty()) {
                Entry cancelled = entries.remove(random.nextInt(entries.size()));
                assertThat(cancelled.timer.cancel(false)).as("seed %s", seed).isTrue();
            } else {
                int step = random.nextInt(300);
                clock.addAndGet(step);
                now += step;
                long until = now;
                int before = entries.size();
                entries.removeIf(entry -> entry.due <= until);
                ran.set(0);
                timers.fire(failures::add);
                assertThat(ran).as("seed %s", seed).hasValue(before - entries.size());
            }
            long next = entries.stream().mapToLong(Entry::due).min().orElse(Long.MAX_VALUE);
            assertThat(timers.nanosToFirst())
                    .as("seed %s", seed)
                    .isEqualTo(next == Long.MAX_VALUE ? next : next - now);
        }
        assertThat(failures).isEmpty();
    }

    /** A carrier fires while others, whose hub was taken, set and cancel. */
    @Test
    void eachRunsOnceUnlessItsCancelSaidSo() throws Exception {
        HubTimers real = new HubTimers();
        int each = 50_000;
        AtomicInteger ran = new AtomicInteger();
        AtomicInteger cancelled = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch begin = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                await(begin);
                                for (int i = 0; i < each; i++) {
                                    ThreadLocalRandom random = ThreadLocalRandom.current();
                                    HubTimers.Timer timer =
                                            real.schedule(
                                                    ran::incrementAndGet, random.nextInt(5_000));
                                    if (random.nextBoolean() && timer.cancel(false)) {
                                        cancelled.incrementAndGet();
                                    }
                                }
                            }));
        }
        Thread carrier =
                Thread.ofPlatform()
                        .start(() -> {
                            await(begin);
                            while (!over.get() || !real.isEmpty()) {
                                real.fire(failures::add);
                            }
                        });
        begin.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        over.set(true);
        carrier.join();
        assertThat(ran.get() + cancelled.get()).isEqualTo(3 * each);
        assertThat(failures).isEmpty();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    @Test
    void theyMoveToSomebodyElseAndAreCancelledThere() throws Exception {
        HubTimers real = new HubTimers();
        SpareTimers spare = new SpareTimers();
        CountDownLatch ran = new CountDownLatch(1);
        var unused = real.schedule(ran::countDown, 1_000_000);
        HubTimers.Timer later = real.schedule(ran::countDown, TimeUnit.DAYS.toNanos(1));
        real.moveTo(spare);

        assertThat(real.isEmpty()).isTrue();
        ran.await();
        assertThat(later.cancel(false)).isTrue();
        spare.end();
    }
}
