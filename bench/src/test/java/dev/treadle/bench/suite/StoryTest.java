package dev.treadle.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

class StoryTest {
    private static final double NONE = Double.NaN;

    /** Well for three seconds, hard for two, and five to see. */
    private static final OverloadCourse COURSE =
            new OverloadCourse(
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5),
                    3);

    private static Story story(List<Double> p99, List<Double> served) {
        return new Story(served, served, served, served, p99);
    }

    private static List<Double> served(double... counts) {
        return Arrays.stream(counts).boxed().toList();
    }

    @Test
    void recoveryIsWhenAllIsAsBeforeAndStaysSo() {
        List<Double> p99 = List.of(0.5, 0.6, 0.5, 3.0, 3.0, 2.0, 0.7, 0.6, 0.7, 0.5);
        List<Double> served = served(10, 20, 20, 5, 5, 30, 20, 20, 18, 20);

        assertThat(story(p99, served).recoverySeconds(COURSE)).hasValue(1);
    }

    @Test
    void oneGoodSecondIsNoRecoveryAndNeitherAreFewQuickAnswers() {
        List<Double> relapsing = List.of(0.5, 0.5, 0.5, 3.0, 3.0, 0.5, 0.5, 2.0, 0.5, 0.5);
        List<Double> silent = List.of(0.5, 0.5, 0.5, 3.0, 3.0, NONE, NONE, NONE, NONE, NONE);
        List<Double> quick = List.of(0.5, 0.5, 0.5, 3.0, 3.0, 0.1, 0.1, 0.1, 0.1, 0.1);

        List<Double> all = served(20, 20, 20, 20, 20, 20, 20, 20, 20, 20);
        assertThat(story(relapsing, all).recoverySeconds(COURSE)).isEmpty();
        assertThat(story(silent, all).recoverySeconds(COURSE)).isEmpty();
        List<Double> few = served(20, 20, 20, 20, 20, 5, 5, 5, 5, 5);
        assertThat(story(quick, few).recoverySeconds(COURSE)).isEmpty();
    }

    @Test
    void ratesAreMeansOfTheSeconds() {
        assertThat(Story.perSecond(served(10, 20, 30, 40), 1, 3)).isEqualTo(25);
    }
}
