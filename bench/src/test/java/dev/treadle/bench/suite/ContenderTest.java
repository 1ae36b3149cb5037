package dev.treadle.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.bench.app.Runner;
import dev.treadle.settings.InvalidSettingException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

class ContenderTest {
    @Test
    void takesSettingsOfItsOwn() {
        Contender contender = Contender.parse("--contenders", "gevent-noretake:hubs=1:n=500");

        assertThat(contender.runner()).isEqualTo(Runner.GEVENT);
        assertThat(contender.name()).isEqualTo("gevent-noretake:hubs=1:n=500");
        assertThat(contender.workerSettings()).isEqualTo(Map.of("retake", "off", "hubs", "1"));
        assertThat(contender.writtenN()).isEqualTo("500");
    }

    @ParameterizedTest
    @MethodSource("known")
    void isTakenByTreadleAsItStands(String name) {
        // a benchmark with a client of our own: wrk may not be installed where the tests run
        Benchmark idle = new IdleBenchmark(Duration.ZERO);
        Plan plan =
                new Plan(
                        1,
                        List.of(),
                        List.of(),
                        List.of(),
                        new Plan.Servers(Path.of("java"), List.of(), ""),
                        Map.of(),
                        0);

        assertThatNoException()
                .isThrownBy(() ->
                        Workshop.requireValid(Contender.parse("--contenders", name), idle, plan));
    }

    static List<String> known() {
        return List.of(Contender.names().split(", "));
    }

    @Test
    void refusesSettingsOfTreadleForOthers() {
        assertThatThrownBy(() -> Contender.parse("--contenders", "pool:hubs=1"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContainingAll("--contenders", "pool:hubs=1", "expected:");
    }

    @Test
    void namesTheContendersThereAre() {
        assertThatThrownBy(() -> Contender.parse("--contenders", "poll"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContainingAll("--contenders: poll", "pool", "helidon");
    }
}
