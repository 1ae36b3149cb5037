package dev.treadle.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.gate.GateAnswer;
import dev.treadle.gate.GateListener;
import dev.treadle.gate.Permit;
import dev.treadle.internal.engine.VirtualEngine;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A place that a request could not use, because its permit could not be made or its begin failed,
 * is free again. Otherwise each time that the heap is full costs the server places for ever.
 */
class FullHeapTest {
    private static RequestGate gate(int limit) {
        return new RequestGate(limit, 1_000, Duration.ofMinutes(1), new VirtualEngine());
    }

    private static final class Failing implements GateListener {
        @Override
        public void admitted(Permit permit) {
            throw new OutOfMemoryError("as planned");
        }

        @Override
        public void answered(GateAnswer answer) {
            throw new AssertionError(answer);
        }
    }

    @Test
    void aPlaceIsFreeAgainIfItsRequestCouldNotBegin() {
        RequestGate gate = gate(1);

        assertThatThrownBy(() -> gate.enter("GET", "/", new Failing()))
                .isInstanceOf(OutOfMemoryError.class);

        assertThat(gate.active()).isZero();
    }

    @Test
    void aPlaceIsFreeAgainIfTheRequestInTheQueueCouldNotBegin() throws Exception {
        RequestGate gate = gate(1);
        RequestPermit first = Requests.enter(gate, "GET", "/");
        RequestGate.Place second = gate.enter("GET", "/", new Failing());
        assertThat(second).isNotNull();

        assertThatThrownBy(first::release).isInstanceOf(OutOfMemoryError.class);

        assertThat(gate.active()).isZero();
        assertThat(gate.waiting()).isZero();
    }

    @Test
    void noPlaceIsLostWhileTheHeapIsFull() throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-Xmx32m",
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                Requesting.class.getName())
                        .redirectErrorStream(true)
                        .start();
        String said =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();

        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said).matches("[1-9]\\d* failed, 0 inside");
    }

    /** Requests that come and go while the heap is full, in a JVM of its own. */
    static final class Requesting {
        private static final int ROUNDS = 200;

        /** A chain of arrays: a list would need one long array, which fails first. */
        private static Object @Nullable [] ballast;

        private Requesting() {}

        public static void main(String[] arguments) throws Exception {
            RequestGate gate = gate(ROUNDS * 2);
            for (int i = 0; i < 1_000; i++) {
                Requests.enter(gate, "GET", "/").release(); // all classes are there
            }
            int failed = 0;
            for (int i = 0; i < ROUNDS; i++) {
                fill(1 << 20);
                fill(1 << 12);
                fill(1);
                try {
                    Requests.enter(gate, "GET", "/").release();
                } catch (OutOfMemoryError full) {
                    failed++;
                }
            }
            ballast = null;
            System.out.println(failed + " failed, " + gate.active() + " inside");
        }

        /** Fills the heap with arrays of so many bytes. */
        private static void fill(int bytes) {
            try {
                while (true) {
                    ballast = new Object[] {ballast, new byte[bytes]};
                }
            } catch (OutOfMemoryError full) {
                // it is full
            }
        }
    }
}
