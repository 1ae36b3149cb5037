package dev.treadle.bench.blocking;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/** One way to wait, or to compute, in a greenlet. */
interface Block {
    /** How long each is meant to last. */
    Duration HOLD = Duration.ofMillis(300);

    /**
     * Called before each run of {@link #block}, on a platform thread.
     *
     * @param scheduler what the greenlet will run on
     */
    default void arrange(Scheduler scheduler) throws Exception {}

    /** Runs the blocking action of the greenlet, once. */
    void block() throws Exception;

    /** One step of something short that is repeated. */
    @FunctionalInterface
    interface Step {
        /** Does it once. */
        void run() throws Exception;
    }

    /** Does {@code step} again and again for {@link #HOLD}. */
    static Block repeated(Step step) {
        return () -> {
            long begun = System.nanoTime();
            do {
                step.run();
            } while (System.nanoTime() - begun < HOLD.toNanos());
        };
    }

    /** Makes something on a platform thread, for a greenlet to wait for. */
    @FunctionalInterface
    interface Making<T> {
        /** Makes it. */
        T make() throws Exception;
    }

    /** Waits for something. */
    @FunctionalInterface
    interface Use<T> {
        /** Waits for it. */
        void of(T made) throws Exception;
    }

    /** Waits, by {@code use}, for what {@code making} has made for it alone. */
    static <T> Block on(Making<T> making, Use<T> use) {
        Queue<T> made = new ConcurrentLinkedQueue<>();
        return new Block() {
            @Override
            public void arrange(Scheduler scheduler) throws Exception {
                made.add(making.make());
            }

            @Override
            public void block() throws Exception {
                use.of(made.remove());
            }
        };
    }

    /**
     * Has a platform thread do {@code first} at once and {@code then} after {@link #HOLD}; returns
     * after {@code first}. Not for a greenlet that is probed: it parks.
     */
    static Thread helper(Step first, Step then) throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(1);
        Thread helper =
                Thread.ofPlatform()
                        .daemon()
                        .name("probe-helper")
                        .start(() -> {
                            try {
                                first.run();
                                ready.countDown();
                                Thread.sleep(HOLD);
                                then.run();
                            } catch (Exception broken) {
                                throw new IllegalStateException(broken);
                            }
                        });
        ready.await();
        return helper;
    }
}
