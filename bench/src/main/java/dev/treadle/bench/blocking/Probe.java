package dev.treadle.bench.blocking;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The JVM of one cell of the table: {@code Probe CASE SCHEDULING ROUNDS}. In each round one
 * greenlet of the one hub makes another runnable and blocks. Prints {@code BEGUN}, a line a round
 * ({@link Round}), and {@code ENDED}. If the case freezes the hub for ever this process hangs, and
 * the process that started it ends it.
 */
public final class Probe {
    private final Block block;
    private final Scheduler scheduler;

    private Probe(Block block, Scheduler scheduler) {
        this.block = block;
        this.scheduler = scheduler;
    }

    /**
     * Runs the rounds, after one that is not printed: it loads the classes.
     *
     * @param arguments case, scheduling, number of rounds
     */
    public static void main(String[] arguments) throws Exception {
        Scheduler scheduler = Scheduling.of(arguments[1]).open(1);
        Probe probe = new Probe(Cases.of(arguments[0]).block().get(), scheduler);
        System.out.println("BEGUN");
        probe.round();
        for (int left = Integer.parseInt(arguments[2]); left > 0; left--) {
            System.out.println(probe.round());
        }
        System.out.println("ENDED");
        System.out.flush();
        Runtime.getRuntime().halt(0); // whatever greenlets are left
    }

    private Round round() throws Exception {
        block.arrange(scheduler);
        long reports = scheduler.reports();
        Turn turn = new Turn(scheduler);
        scheduler.execute(() -> turn.take(block));
        if (block instanceof Freeze freeze) {
            Block.helper(turn.begun::join, freeze::release);
        }
        int spares = turn.spares.join();
        long ran = turn.otherRan.join();
        return new Round(
                ran - turn.begun.join(),
                turn.otherRanBefore,
                spares,
                scheduler.reports() > reports);
    }

    /** One greenlet that blocks, and another. */
    private static final class Turn {
        private final Scheduler scheduler;
        private final CompletableFuture<Long> begun = new CompletableFuture<>();
        private final CompletableFuture<Integer> spares = new CompletableFuture<>();
        private final CompletableFuture<Long> otherRan = new CompletableFuture<>();
        private volatile boolean over;
        private volatile boolean otherRanBefore;

        Turn(Scheduler scheduler) {
            this.scheduler = scheduler;
        }

        void take(Block block) {
            try {
                scheduler.execute(this::takeOther);
                begun.complete(System.nanoTime());
                block.block();
                over = true;
                spares.complete(scheduler.spares());
            } catch (Throwable broken) {
                over = true;
                spares.completeExceptionally(broken);
            }
        }

        private void takeOther() {
            otherRanBefore = !over;
            otherRan.complete(System.nanoTime());
        }
    }

    static List<String> command(Case probed, Scheduling scheduling, int rounds) {
        return List.of(
                Probe.class.getName(), probed.word(), scheduling.word(), String.valueOf(rounds));
    }
}
