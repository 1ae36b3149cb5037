package dev.treadle.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.InvalidSettingException;
import dev.treadle.bench.app.Runner;

import org.junit.jupiter.api.Test;

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
