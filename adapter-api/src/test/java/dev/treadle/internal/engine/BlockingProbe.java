package dev.treadle.internal.engine;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * One greenlet of the one hub makes another runnable and blocks. As the JVM of one cell of the
 * table it prints {@code BEGUN}, a line a round ({@link Seen}), and {@code ENDED}; if the case
 * freezes the hub for ever it hangs, and the process that started it ends it.
 */
final class BlockingProbe {
    /** How long each block is meant to last in the table. */
    static final Duration LASTING = Duration.ofMillis(300);

    private final BlockingCase probed;
    private final Scheduling.Opened scheduler;
    private final Duration lasting;
    private final boolean untilOtherRan;

    /**
     * @param untilOtherRan whether a block that needs a helper to end it lasts until the other
     *     greenlet has run, however long that takes
     */
    BlockingProbe(
            BlockingCase probed,
            Scheduling.Opened scheduler,
            Duration lasting,
            boolean untilOtherRan) {
        this.probed = probed;
        this.scheduler = scheduler;
        this.lasting = lasting;
        this.untilOtherRan = untilOtherRan;
    }

    /**
     * The observations of one round.
     *
     * @param nanos from the begin of the block until the other greenlet ran
     * @param held whether that was only after the block had ended
     * @param spares how many carriers there were then beyond one a hub
     * @param reported whether the watch reported the slice
     */
    record Seen(long nanos, boolean held, int spares, boolean reported) {
        String line() {
            return "ROUND " + nanos + " " + held + " " + spares + " " + reported;
        }

        /** Reads a {@link #line}. */
        static Seen parse(String line) {
            String[] words = line.split(" ");
            return new Seen(
                    Long.parseLong(words[1]),
                    Boolean.parseBoolean(words[2]),
                    Integer.parseInt(words[3]),
                    Boolean.parseBoolean(words[4]));
        }
    }

    /**
     * Runs the rounds, after one that is not printed: it loads the classes.
     *
     * @param arguments case, scheduling, number of rounds
     */
    public static void main(String[] arguments) throws Exception {
        BlockingCase probed =
                BlockingCases.all().stream()
                        .filter(row -> row.word().equals(arguments[0]))
                        .findFirst()
                        .orElseThrow();
        BlockingProbe probe =
                new BlockingProbe(probed, Scheduling.valueOf(arguments[1]).open(1), LASTING, false);
        System.out.println("BEGUN");
        probe.round();
        for (int left = Integer.parseInt(arguments[2]); left > 0; left--) {
            System.out.println(probe.round().line());
        }
        ProbeJvm.end(); // whatever greenlets are left
    }

    Seen round() throws Exception {
        Turn turn = new Turn();
        BlockingCase.Step end = untilOtherRan ? turn.otherRan::join : () -> Thread.sleep(lasting);
        BlockingCase.Step step =
                probed.preparation()
                        .prepare(new BlockingCase.Hold(lasting, end), scheduler.greenlets());
        long reports = scheduler.reports().getAsLong();
        scheduler.greenlets().execute(() -> turn.take(step));
        int spares = turn.spares.join();
        long ran = turn.otherRan.join();
        return new Seen(
                ran - turn.begun,
                turn.otherRanAfter,
                spares,
                scheduler.reports().getAsLong() > reports);
    }

    /** One greenlet that blocks, and another. */
    private final class Turn {
        private final CompletableFuture<Integer> spares = new CompletableFuture<>();
        private final CompletableFuture<Long> otherRan = new CompletableFuture<>();
        private volatile long begun;
        private volatile boolean over;
        private volatile boolean otherRanAfter;

        void take(BlockingCase.Step step) {
            try {
                scheduler.greenlets().execute(this::takeOther);
                begun = System.nanoTime();
                step.run();
                over = true;
                spares.complete(scheduler.spares().getAsInt());
            } catch (Throwable broken) {
                over = true;
                spares.completeExceptionally(broken);
            }
        }

        private void takeOther() {
            otherRanAfter = over;
            otherRan.complete(System.nanoTime());
        }
    }
}
