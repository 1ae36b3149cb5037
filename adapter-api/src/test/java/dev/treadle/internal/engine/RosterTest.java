package dev.treadle.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

@SuppressWarnings("ThreadPriorityCheck") // a yield lets the others in between
final class RosterTest {
    private record Entry(Object who, int place) {}

    private static List<Object> all(Roster<Object> roster) {
        List<Object> all = new ArrayList<>();
        roster.forEach(all::add);
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 16, 100, Roster.DEFAULT_SLOTS})
    void holdsManyMoreThanItHasSlotsForAndCountsThoseWhoGo(int slots) {
        Roster<Object> roster = new Roster<>(slots);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 3 * slots + 20; i++) {
            Object who = new Object();
            entries.add(new Entry(who, roster.add(who)));
            assertThat(roster.size()).isEqualTo(i + 1);
        }
        assertThat(all(roster))
                .containsExactlyInAnyOrderElementsOf(entries.stream().map(Entry::who).toList());
        assertThat(entries.stream().map(Entry::place).filter(place -> place >= 0))
                .as("places in slots")
                .doesNotHaveDuplicates()
                .hasSizeGreaterThanOrEqualTo(Math.min(slots, 8))
                .allMatch(place -> place < Integer.highestOneBit(2 * slots - 1));
        int gone = 0;
        for (Entry entry : entries) {
            assertThat(roster.isEmpty()).isFalse();
            roster.remove(entry.who(), entry.place());
            assertThat(roster.gone()).isEqualTo(++gone);
        }
        assertThat(roster.isEmpty()).isTrue();
        assertThat(roster.size()).isZero();
        assertThat(all(roster)).isEmpty();
    }

    @Test
    void oneWhoComesAndGoesAloneUsesOneSlot() {
        Roster<Object> roster = new Roster<>(64);
        Object who = new Object();
        int first = roster.add(who);
        roster.remove(who, first);
        for (int i = 0; i < 1_000; i++) {
            int place = roster.add(who);
            assertThat(place).isEqualTo(first);
            roster.remove(who, place);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whoIsNotThereCannotBeRemoved(int others) {
        Roster<Object> roster = new Roster<>(1);
        for (int i = 0; i < others; i++) {
            roster.add(new Object());
        }
        Object who = new Object();
        int place = roster.add(who);
        roster.remove(who, place);
        assertThatThrownBy(() -> roster.remove(who, place))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not there");
        assertThat(roster.gone()).isEqualTo(1);
        assertThat(roster.size()).isEqualTo(others);
    }

    /** With few slots, of which some are left, many are in the set besides. */
    @ParameterizedTest
    @ValueSource(ints = {16, 64})
    @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void losesNobodyWhileManyComeAndGo(int slots) throws Exception {
        Roster<Object> roster = new Roster<>(slots);
        List<Object> staying = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Object who = new Object();
            staying.add(who);
            roster.add(who);
        }
        AtomicBoolean end = new AtomicBoolean();
        int rounds = 20_000;
        int threads = 4;
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> looks =
                    executor.submit(() -> {
                        int times = 0;
                        while (!end.get()) {
                            assertThat(all(roster)).containsAll(staying).doesNotHaveDuplicates();
                            times++;
                            Thread.yield();
                        }
                        return times;
                    });
            List<Future<?>> comers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                comers.add(executor.submit(() -> comeAndGo(roster, rounds)));
            }
            try {
                for (Future<?> comer : comers) {
                    comer.get();
                }
            } finally {
                end.set(true);
            }
            assertThat(looks.get()).isPositive();
        }
        assertThat(all(roster)).containsExactlyInAnyOrderElementsOf(staying);
        assertThat(roster.gone()).isEqualTo((long) threads * rounds);
    }

    private static void comeAndGo(Roster<Object> roster, int rounds) {
        List<Entry> mine = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            Object who = new Object();
            mine.add(new Entry(who, roster.add(who)));
            while (mine.size() > 12 || (i == rounds - 1 && !mine.isEmpty())) {
                Entry one = mine.remove(ThreadLocalRandom.current().nextInt(mine.size()));
                roster.remove(one.who(), one.place());
            }
            if (i % 16 == 0) {
                Thread.yield();
            }
        }
    }
}
