package dev.treadle.internal.engine;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;

/**
 * One way to wait, or to compute, in a greenlet: a row of the table in docs/hub.md.
 *
 * @param word for the command line
 * @param title for the table, in Markdown
 * @param preparation gets ready for one round
 */
record BlockingCase(String word, String title, Preparation preparation) {
    /** One step, which may block. */
    @FunctionalInterface
    interface Step {
        /** Does it. */
        void run() throws Exception;
    }

    /**
     * How long a block is meant to last.
     *
     * @param duration where the block itself ends
     * @param end returns when a helper of the block is to end it
     */
    record Hold(Duration duration, Step end) {
        int millis() {
            return (int) duration.toMillis();
        }
    }

    /** Gets ready, on a platform thread, for one round. */
    @FunctionalInterface
    interface Preparation {
        /**
         * Returns what the greenlet does.
         *
         * @param hold how long that lasts
         * @param greenlets of the scheduler that is probed
         */
        Step prepare(Hold hold, Executor greenlets) throws Exception;
    }

    /** The preparation of a row that needs no other greenlet. */
    @FunctionalInterface
    interface Alone {
        /** Returns what the greenlet does. */
        Step prepare(Hold hold) throws Exception;
    }

    static BlockingCase of(String word, String title, Alone alone) {
        return new BlockingCase(word, title, (hold, greenlets) -> alone.prepare(hold));
    }

    /** A way that also {@link FreezeTest} has. */
    static BlockingCase of(String word, String title, Freezing freezing) {
        return new BlockingCase(
                word,
                title,
                (hold, greenlets) -> {
                    Freezing.Freeze freeze = freezing.on(greenlets);
                    helper(hold, () -> {}, freeze.release()::run);
                    return () -> {
                        freeze.hold().run(() -> {});
                        freeze.close().run();
                    };
                });
    }

    /** Does {@code step} again and again for as long as {@code hold}. */
    static Step repeated(Hold hold, Step step) {
        return () -> {
            long begun = System.nanoTime();
            do {
                step.run();
            } while (System.nanoTime() - begun < hold.duration().toNanos());
        };
    }

    /**
     * Has a platform thread do {@code first} at once and {@code then} at the end of {@code hold};
     * returns after {@code first}.
     */
    static Thread helper(Hold hold, Step first, Step then) throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(1);
        Thread helper =
                Thread.ofPlatform()
                        .daemon()
                        .name("probe-helper")
                        .start(() -> {
                            try {
                                first.run();
                                ready.countDown();
                                hold.end().run();
                                then.run();
                            } catch (Exception broken) {
                                throw new IllegalStateException(broken);
                            }
                        });
        ready.await();
        return helper;
    }

    static Thread later(Hold hold, Step then) throws InterruptedException {
        return helper(hold, () -> {}, then);
    }
}
