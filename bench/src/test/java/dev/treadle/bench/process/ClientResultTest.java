package dev.treadle.bench.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.List;

class ClientResultTest {
    @Test
    void readsNumbersSeriesAndTheProblemWithItsBlanks() {
        ClientResult result =
                ClientResult.parse("ok=3 p99=1500 served=[1,0,2] one=[-1] problem=it broke a=b");

        assertThat(result.number("ok")).isEqualTo(3);
        assertThat(result.millis("p99")).isEqualTo(1.5);
        assertThat(result.series("served")).isEqualTo(List.of(1L, 0L, 2L));
        assertThat(result.series("one")).isEqualTo(List.of(-1L));
        assertThat(result.problem()).isEqualTo("it broke a=b");
    }

    @Test
    void namesWhatIsMissing() {
        ClientResult result = ClientResult.parse("ok=3 problem=");

        assertThatThrownBy(() -> result.number("served")).hasMessageStartingWith("served: ");
        assertThatThrownBy(() -> result.series("ok")).hasMessageStartingWith("ok: ");
    }
}
