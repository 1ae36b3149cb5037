package dev.treadle.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.tck.GeventSoak;

import io.undertow.Version;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Not part of the build: CONTRIBUTING.md has the command. */
class UndertowSoak extends UndertowWorkersContractTest implements GeventSoak {
    @Override
    public String container() {
        return "Undertow/" + Version.getVersionString();
    }

    @Test
    @Timeout(value = 12, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void besideHogsNoTlsHandshakeIsLost() throws Exception {
        Duration duration = Duration.ofSeconds(Long.getLong("treadle.soak.seconds", 600));
        long end = System.nanoTime() + duration.toNanos();
        int served = BesideAHogTest.randomLoad(() -> System.nanoTime() < end);
        System.out.printf(
                "%s, JDK %s, %d s: %,d TLS handshakes beside slices of 0 to 30 ms, none lost%n",
                container(), Runtime.version(), duration.toSeconds(), served);
        assertThat(served).isPositive();
    }
}
