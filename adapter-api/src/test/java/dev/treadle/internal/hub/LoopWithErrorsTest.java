package dev.treadle.internal.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.treadle.loop.EventLoop;
import dev.treadle.loop.LoopCarrier;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.channels.Selector;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An error on the thread of an event loop is reported there and does not reach the container: a
 * loop that ends by it, or does not come back, would keep the hub for ever.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LoopWithErrorsTest {
    private final CarrierThreads threads = new CarrierThreads(1);
    private final Hub hub = new Hub(0, threads);
    private final AtomicInteger ran = new AtomicInteger();
    private final Queue<Throwable> reported = new ConcurrentLinkedQueue<>();
    private final Thread.UncaughtExceptionHandler before =
            Thread.getDefaultUncaughtExceptionHandler();

    @BeforeEach
    void listen() {
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> reported.add(thrown));
    }

    @AfterEach
    void close() {
        Thread.setDefaultUncaughtExceptionHandler(before);
        hub.close();
        await("all carriers end")
                .dontCatchUncaughtExceptions()
                .until(() -> threads.carrying() == 0);
    }

    /** The test's own thread is the loop's. */
    private static class OwnLoop implements EventLoop {
        @Override
        public void wakeUp() {}

        @Override
        public boolean canTurn() {
            return false;
        }

        @Override
        public void turn(boolean wait) {
            throw new IllegalStateException("it said that it cannot");
        }
    }

    @Test
    void anErrorInTheHubLeavesItToTheLoop() {
        LoopCarrier carrier = hub.attach(new OwnLoop());
        assertThat(carrier.run()).isTrue();
        carrier.awake();
        hub.execute(ran::incrementAndGet);
        hub.ask(() -> {
            throw new InternalError("made up by a test: one that nothing expects");
        });

        assertThat(carrier.run()).isTrue();

        assertThat(ran).hasValue(1);
        assertThat(Objects.requireNonNull(hub.carrier()).inLoop()).isTrue();
        assertThat(reported).hasSize(1).hasOnlyElementsOfType(InternalError.class);
        carrier.detach();
    }

    @Test
    void anErrorInTheContainersCodeDoesNotKeepTheHubFromItsLoop() {
        LoopCarrier carrier =
                hub.attach(
                        new OwnLoop() {
                            @Override
                            public void turnsEnded() {
                                throw new NoClassDefFoundError("made up by a test");
                            }
                        });
        assertThat(carrier.run()).isTrue();
        Carrier own = Objects.requireNonNull(hub.carrier());
        assertThat(hub.retakeFromLoop(own, () -> {})).isTrue();
        hub.execute(ran::incrementAndGet);
        await().dontCatchUncaughtExceptions().until(() -> ran.get() == 1);

        assertThat(carrier.run()).isTrue();

        assertThat(hub.carrier()).isSameAs(own);
        assertThat(reported).isNotEmpty().hasOnlyElementsOfType(NoClassDefFoundError.class);
        carrier.detach();
    }

    /** It shows no selector of its own: it throws. */
    private static final class Unseen extends OwnLoop {
        @Override
        public @Nullable Selector selector() {
            throw new NoClassDefFoundError("made up by a test");
        }
    }

    @Test
    void withoutItsSelectorTheJdkPollsTheSocketsOfItsGreenlets() {
        assumeTrue(Runtime.version().feature() >= 24, "before JDK 24 the JDK polls");
        JdkSockets sockets = JdkSockets.get();
        assertThat(sockets).as(JdkSockets.problem()).isNotNull();
        Hub polling = new Hub(0, threads, sockets);
        LoopCarrier carrier = polling.attach(new Unseen());
        polling.execute(ran::incrementAndGet);

        assertThat(carrier.run()).isTrue();

        assertThat(ran).hasValue(1);
        assertThat(polling.sockets()).isNull();
        assertThat(reported).isEmpty();
        carrier.detach();
        polling.close();
    }
}
