package dev.treadle.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.Setting;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.DefaultBootstrapContext;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.mock.env.MockEnvironment;

import java.util.Map;

final class TreadleFlagsTest {
    private static String[] words(String line) {
        return line.isBlank() ? new String[0] : line.strip().split(" ");
    }

    @ParameterizedTest
    @CsvSource({
        "--gevent 1000, GEVENT, 1000",
        "--gevent=1000, GEVENT, 1000",
        "--threads 200, THREADS, 200",
        "--threads=200, THREADS, 200",
        "--virtual, VIRTUAL, ''",
        "--virtual 500, VIRTUAL, 500",
        "--virtual=500, VIRTUAL, 500",
        "--virtual=, VIRTUAL, ''",
        "--virtual import.csv, VIRTUAL, ''",
        "--virtual --server.port=0, VIRTUAL, ''",
        "import.csv --gevent 7 --server.port=0, GEVENT, 7",
        "--gevent, GEVENT, ''",
        "--gevent --server.port=0, GEVENT, ''",
        "--gevent many, GEVENT, many",
        "--gevent=, GEVENT, ''",
    })
    void understandsBothForms(String line, Setting model, String value) {
        assertThat(TreadleFlags.parse(words(line))).isEqualTo(Map.of(model, value));
    }

    @ParameterizedTest
    @CsvSource({
        "''",
        "1000",
        "-gevent 1000",
        "--geventual 5",
        "--treadle.gevent=5",
        "--threads.max=5"
    })
    void leavesTheArgumentsOfOthersAlone(String line) {
        assertThat(TreadleFlags.parse(words(line))).isEmpty();
    }

    private static ConfigurableEnvironment prepared(String arguments, String property) {
        MockEnvironment environment = new MockEnvironment();
        environment.setProperty("treadle.flags", property);
        new TreadleFlags()
                .onApplicationEvent(
                        new ApplicationEnvironmentPreparedEvent(
                                new DefaultBootstrapContext(),
                                new SpringApplication(),
                                words(arguments),
                                environment));
        return environment;
    }

    @Test
    void leavesTheWordsToAnApplicationThatWantsThem() {
        assertThat(prepared("--threads=4", "true").getProperty("treadle.threads")).isEqualTo("4");
        assertThat(prepared("--threads=4", "false").getProperty("treadle.threads")).isNull();
    }

    @Test
    void tellsWhichFlagHasSetTheModel() {
        assertThat(
                        TreadleFlags.flagOf(
                                BootSettings.resolve(prepared("--threads 4", "true"), Map.of())))
                .hasValue("--threads");
        MockEnvironment environment = new MockEnvironment();
        environment.setProperty("treadle.threads", "4");
        assertThat(TreadleFlags.flagOf(BootSettings.resolve(environment, Map.of()))).isEmpty();
    }

    @Test
    void takesAFlagOnce() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> TreadleFlags.parse(words("--gevent 5 --gevent=6")))
                .withMessage("--gevent: 5 and 6 (expected: once; leave the other out)");
    }
}
