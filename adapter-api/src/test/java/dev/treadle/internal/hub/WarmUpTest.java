package dev.treadle.internal.hub;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class WarmUpTest {
    private static final long TENTH = WarmUp.WINDOW_NANOS / 10;

    private final FakeJvm jvm = new FakeJvm();
    private final WarmUp warmUp = new WarmUp(jvm, 0);
    private long now;

    /** A JVM with counters that the test sets. */
    static final class FakeJvm implements WarmUp.Jvm {
        long classes;
        long millis;

        @Override
        public long classesLoaded() {
            return classes;
        }

        @Override
        public long millisCompiling() {
            return millis;
        }
    }

    /** One window, in ten looks. */
    private void window(boolean running, long classes, long millis) {
        for (int i = 0; i < 10; i++) {
            jvm.classes += classes / 10;
            jvm.millis += millis / 10;
            now += TENTH;
            warmUp.look(now, running);
        }
    }

    private void calm(int windows) {
        for (int i = 0; i < windows; i++) {
            window(true, 0, 0);
        }
    }

    @Test
    void isColdAtFirstAndWarmAfterSomeCalmWindows() {
        assertThat(warmUp.isCold()).isTrue();
        calm(WarmUp.CALM_WINDOWS - 1);
        assertThat(warmUp.isCold()).isTrue();
        calm(1);
        assertThat(warmUp.isCold()).isFalse();
    }

    /** One class or one compilation now and then is how a warm JVM looks too. */
    @Test
    void aLittleOfBothIsCalm() {
        for (int i = 0; i < WarmUp.CALM_WINDOWS; i++) {
            window(true, 10, 100);
        }
        assertThat(warmUp.isCold()).isFalse();
    }

    @Test
    void loadingClassesAndCompilingBothKeepItCold() {
        calm(WarmUp.CALM_WINDOWS - 1);
        window(true, 10 * WarmUp.BUSY_CLASSES, 0);
        calm(WarmUp.CALM_WINDOWS - 1);
        window(true, 0, 2 * WarmUp.BUSY_COMPILING_MILLIS);
        calm(WarmUp.CALM_WINDOWS - 1);
        assertThat(warmUp.isCold()).isTrue();
        calm(1);
        assertThat(warmUp.isCold()).isFalse();
    }

    /** A probe asks for the same page each second, and then the first users come. */
    @Test
    void isColdAgainAsSoonAsClassesAreLoaded() {
        calm(100);
        jvm.classes += WarmUp.BUSY_CLASSES;
        now += TENTH;
        warmUp.look(now, true);
        assertThat(warmUp.isCold()).isTrue();
        calm(WarmUp.CALM_WINDOWS + 1);
        assertThat(warmUp.isCold()).isFalse();
    }

    /** Activity of other threads while no hub runs is ignored. */
    @Test
    void windowsInWhichNoHubRanCountNeitherWay() {
        for (int i = 0; i < 10 * WarmUp.MOST_WINDOWS; i++) {
            window(false, 1_000, 0);
        }
        calm(WarmUp.CALM_WINDOWS - 1);
        window(false, 0, 0);
        assertThat(warmUp.isCold()).isTrue();
        calm(1);
        assertThat(warmUp.isCold()).isFalse();
    }

    @Test
    void aTimeInWhichNobodyLookedIsNoWindow() {
        calm(WarmUp.CALM_WINDOWS);
        jvm.classes += 1_000;
        now += 3_600 * WarmUp.WINDOW_NANOS;
        warmUp.look(now, true);
        assertThat(warmUp.isCold()).isFalse();
    }

    /** Else an application that makes classes for ever could hold its hubs unseen. */
    @Test
    void isWarmForGoodAfterSoManyColdWindows() {
        for (int i = 1; i < WarmUp.MOST_WINDOWS; i++) {
            window(true, 1_000, 1_000);
        }
        assertThat(warmUp.isCold()).isTrue();
        window(true, 1_000, 1_000);
        assertThat(warmUp.isCold()).isFalse();
        window(true, 1_000, 1_000);
        assertThat(warmUp.isCold()).isFalse();
    }

    @Test
    void theJvmTellsWhatItHasDone() {
        WarmUp.Jvm present = WarmUp.Jvm.present();
        assertThat(present.classesLoaded()).isGreaterThan(500);
        assertThat(present.millisCompiling()).isPositive();
    }
}
