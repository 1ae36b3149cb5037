package dev.treadle.bench.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.bench.server.Runner;
import dev.treadle.settings.InvalidSettingException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import picocli.CommandLine;

import java.time.Duration;
import java.util.List;
import java.util.Map;

class ContenderTest {
    @Test
    void takesSettingsOfItsOwn() {
        Contender contender = Contender.parse("gevent-noretake:hubs=1:n=500");

        assertThat(contender.runner()).isEqualTo(Runner.GEVENT);
        assertThat(contender.name()).isEqualTo("gevent-noretake:hubs=1:n=500");
        assertThat(contender.workerSettings()).isEqualTo(Map.of("retake", "off", "hubs", "1"));
        assertThat(contender.writtenN()).isEqualTo("500");
    }

    @ParameterizedTest
    @MethodSource("known")
    void isTakenByTreadleAsItStands(String name) {
        // a benchmark with a client of our own: wrk may not be installed where the tests run
        Benchmark idle = new IdleBenchmark();
        new CommandLine(idle).registerConverter(Duration.class, Texts::duration).parseArgs();

        assertThatNoException()
                .isThrownBy(() -> Workshop.requireValid(Contender.parse(name), idle));
    }

    static List<String> known() {
        return List.of(Contender.names().split(", "));
    }

    @Test
    void refusesSettingsOfTreadleForOthers() {
        assertThatThrownBy(() -> Contender.parse("pool:hubs=1"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContainingAll("--contenders", "pool:hubs=1", "expected:");
    }

    @Test
    void aServerOfItsOwnTakesPartWhateverContainersAreChosen() {
        assertThat(Contender.parse("micronaut-loops").ownServers()).containsExactly("micronaut");
        assertThat(Contender.parse("helidon").ownServers()).containsExactly("helidon");
        assertThat(Contender.parse("gevent").ownServers()).isEmpty();
    }

    @Test
    void namesTheContendersThereAre() {
        assertThatThrownBy(() -> Contender.parse("poll"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContainingAll("--contenders: poll", "pool", "helidon");
    }
}
