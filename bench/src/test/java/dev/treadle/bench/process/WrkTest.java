package dev.treadle.bench.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.settings.InvalidSettingException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

class WrkTest {
    private static final String OUTPUT =
            """
            Running 10s test @ http://127.0.0.1:8080/fast
              1 threads and 64 connections
              Thread Stats   Avg      Stdev     Max   +/- Stdev
                Latency     2.20ms    3.53ms  67.30ms   93.01%
                Req/Sec    40.92k     6.65k   53.71k    69.00%
              Latency Distribution
                 50%  635.00us
                 75%    1.90ms
                 90%    4.70ms
                 99%    1.02s
              408012 requests in 10.05s, 47.86MB read
            """;

    @TempDir Path empty = Path.of("");

    @Test
    void readsRequestsAndPercentilesWhateverTheirUnit() throws Exception {
        assertThat(Wrk.parse(OUTPUT)).isEqualTo(new Wrk.Result(408_012, 10.05, 0.635, 1_020, 0, 0));
    }

    @Test
    void countsErrorsOfSocketsAndBadAnswersAsFailed() throws Exception {
        String errors =
                """
                  Socket errors: connect 1, read 2, write 3, timeout 4
                  Non-2xx or 3xx responses: 100
                """;

        Wrk.Result result = Wrk.parse(OUTPUT + errors);

        assertThat(result.failed()).isEqualTo(110);
        assertThat(result.ok()).isEqualTo(407_912);
    }

    @Test
    void refusesWhatItCannotRead() {
        assertThatThrownBy(() -> Wrk.parse("unable to connect"))
                .isInstanceOf(ProcessFailedException.class)
                .hasMessageContaining("unable to connect");
    }

    @Test
    void saysWhichPackageIsMissing() {
        assertThatThrownBy(() -> Wrk.requireInstalled(empty.toString()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContainingAll("wrk: not found", "expected:", "install");
    }
}
