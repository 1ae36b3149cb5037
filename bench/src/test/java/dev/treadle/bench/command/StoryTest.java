package dev.treadle.bench.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.bench.client.CrowdResult.Latency;
import dev.treadle.bench.client.CrowdResult.Span;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class StoryTest {
    private static final double NONE = Double.NaN;

    private static Story story(List<Double> p99Seconds, int... served) {
        List<Span> seconds = new ArrayList<>();
        for (int i = 0; i < served.length; i++) {
            double p99 = p99Seconds.get(i) * 1e3;
            int answered = Double.isNaN(p99) ? 0 : served[i];
            seconds.add(new Span(served[i], answered, 0, 0, new Latency(p99, p99, p99, p99)));
        }
        return new Story(seconds);
    }

    /** Well for three seconds, hard for two, and five to see. */
    private static double recovery(List<Double> p99Seconds, int... served) {
        return story(p99Seconds, served).recoverySeconds(3, 5);
    }

    @Test
    void recoveryIsWhenAllIsAsBeforeAndStaysSo() {
        List<Double> p99 = List.of(0.5, 0.6, 0.5, 3.0, 3.0, 2.0, 0.7, 0.6, 0.7, 0.5);

        assertThat(recovery(p99, 10, 20, 20, 5, 5, 30, 20, 20, 18, 20)).isEqualTo(1);
    }

    @Test
    void oneGoodSecondIsNoRecoveryAndNeitherAreFewQuickAnswers() {
        List<Double> relapsing = List.of(0.5, 0.5, 0.5, 3.0, 3.0, 0.5, 0.5, 2.0, 0.5, 0.5);
        List<Double> silent = List.of(0.5, 0.5, 0.5, 3.0, 3.0, NONE, NONE, NONE, NONE, NONE);
        List<Double> quick = List.of(0.5, 0.5, 0.5, 3.0, 3.0, 0.1, 0.1, 0.1, 0.1, 0.1);

        int[] all = {20, 20, 20, 20, 20, 20, 20, 20, 20, 20};
        assertThat(recovery(relapsing, all)).isNaN();
        assertThat(recovery(silent, all)).isNaN();
        assertThat(recovery(quick, 20, 20, 20, 20, 20, 5, 5, 5, 5, 5)).isNaN();
    }

    @Test
    void ratesAreMeansOfTheSeconds() {
        assertThat(story(List.of(1.0, 1.0, 1.0, 1.0), 10, 20, 30, 40).servedPerSecond(1, 3))
                .isEqualTo(25);
    }
}
