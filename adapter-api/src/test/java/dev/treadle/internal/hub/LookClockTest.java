package dev.treadle.internal.hub;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The watch of one hub, with a clock that the test turns. */
final class LookClockTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long NEVER = Long.MAX_VALUE;

    private long now = 1;
    private WatchLimits limits = limits(5);
    private LookClock clock = new LookClock(now, limits);
    private int looks;

    // the slice that was seen, by its begin
    private @Nullable Long seen;
    private long begun;

    private static WatchLimits limits(long retakeMillis) {
        return WatchLimits.of(
                new Watching(Duration.ofMillis(retakeMillis), Duration.ofMillis(100)));
    }

    private void limitOf(long retakeMillis) {
        limits = limits(retakeMillis);
        clock = new LookClock(now, limits);
    }

    /**
     * The next look, as {@link HubWatch} does it.
     *
     * @param delay how late it is
     * @param slice when the slice began in which the hub is then; null: in none
     * @return whether the hub is given away
     */
    private boolean look(long delay, @Nullable Long slice) {
        now += clock.nanosToNextLook() + delay;
        looks++;
        clock.look(now, limits);
        if (slice == null || slice > now) {
            seen = null;
        } else if (!slice.equals(seen)) {
            seen = slice;
            begun = clock.begunBefore(now - slice, limits);
            clock.looksAgainAt(limits.retakeNanos(), begun);
        } else if (clock.nanosSince(begun) >= limits.retakeNanos()) {
            return true;
        } else {
            clock.looksAgainAt(limits.retakeNanos(), begun);
        }
        return false;
    }

    private long heldUntilGivenAway(long slice, long delay) {
        for (int i = 0; i < 1_000; i++) {
            if (look(delay, slice)) {
                return now - slice;
            }
        }
        return NEVER;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 5, 10, 50})
    void hubIsGivenAwayAfterOneLimitAndOneAndAHalfAtMost(long retakeMillis) {
        limitOf(retakeMillis);
        long limit = retakeMillis * MILLI;
        long most = Math.max(limit * 3 / 2, limit + LookClock.YOUNG_NANOS);
        for (long phase = 0; phase <= limits.periodNanos(); phase += MILLI / 10) {
            look(0, null);
            assertThat(heldUntilGivenAway(now + phase, 0))
                    .as("began %d us after a look", phase / 1_000)
                    .isBetween(limit, most);
            seen = null;
        }
    }

    @Test
    void shortSlicesCostFewLooks() {
        long end = now + TimeUnit.SECONDS.toNanos(1);
        while (now < end) {
            look(0, now + clock.nanosToNextLook() - MILLI / 2); // young, another one each time
        }
        assertThat(looks).isBetween(150, 156); // 6.5 ms
    }

    @Test
    void longSlicesThatEndInTimeCostOneMoreLookEach() {
        for (int i = 0; i < 100; i++) {
            long slice = now + clock.nanosToNextLook() - 3 * MILLI;
            look(0, slice);
            assertThat(clock.nanosToNextLook()).isEqualTo(2 * MILLI);
            look(0, null);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {2, 5, 10})
    void stopOfTheProcessDoesNotCount(long retakeMillis) {
        limitOf(retakeMillis);
        // in a slice of any age before the stop: seen before it, or after
        for (long age = MILLI / 10; age < retakeMillis * MILLI; age += MILLI / 10) {
            for (boolean seenBefore : new boolean[] {true, false}) {
                look(0, null);
                long slice = now + clock.nanosToNextLook() - age;
                if (seenBefore) {
                    assertThat(look(0, slice)).isFalse();
                }
                assertThat(look(100 * MILLI, slice)).as("%d us old", age / 1_000).isFalse();
                assertThat(look(0, null)).isFalse();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 5, 10})
    void watchThatIsAlwaysLateStillGivesTheHubAway(long retakeMillis) {
        limitOf(retakeMillis);
        look(0, null);
        assertThat(heldUntilGivenAway(now + 1, 20 * MILLI)).isLessThan(NEVER);
        assertThat(looks).isLessThan(6);
    }

    @Test
    void hubThatIsHeldWhileNothingWaitsIsLookedAtTwiceWithinTheLimit() {
        long slice = now;
        while (!look(0, slice)) {
            assertThat(looks).isLessThan(10);
        }
        clock.looksAgainAt(limits.retakeNanos(), begun);
        assertThat(clock.nanosToNextLook()).isEqualTo(limits.retakeNanos() / 2);
    }
}
