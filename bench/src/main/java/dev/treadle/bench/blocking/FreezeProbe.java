package dev.treadle.bench.blocking;

import java.util.List;

/**
 * The JVM of a freeze: {@code FreezeProbe CASE SCHEDULING HUBS ROUNDS}. In each round a greenlet on
 * every hub blocks until another greenlet ends that. Prints {@code BEGUN}, a line a round ({@link
 * Round}), {@code ENDED}.
 */
public final class FreezeProbe {
    private final Freeze freeze;
    private final Scheduler scheduler;
    private final int hubs;

    private FreezeProbe(Freeze freeze, Scheduler scheduler, int hubs) {
        this.freeze = freeze;
        this.scheduler = scheduler;
        this.hubs = hubs;
    }

    /**
     * Runs the rounds, after one that is not printed: it loads the classes.
     *
     * @param arguments case, scheduling, number of hubs, number of rounds
     */
    public static void main(String[] arguments) throws Exception {
        int hubs = Integer.parseInt(arguments[2]);
        Scheduler scheduler = Scheduling.of(arguments[1]).open(hubs);
        Freeze freeze = FreezeCase.of(arguments[0]).freeze().get();
        FreezeProbe probe = new FreezeProbe(freeze, scheduler, hubs);
        System.out.println("BEGUN");
        probe.round();
        Oversleep oversleep = new Oversleep();
        for (int left = Integer.parseInt(arguments[3]); left > 0; left--) {
            System.out.println(probe.round());
        }
        System.out.println(oversleep);
        System.out.println("ENDED");
        System.out.flush();
        Runtime.getRuntime().halt(0); // whatever greenlets are left
    }

    private Round round() throws Exception {
        freeze.arrange(scheduler);
        long reports = scheduler.reports();
        FreezeRound round = new FreezeRound(freeze, scheduler, hubs);
        long waited = round.begin();
        boolean during = !round.anyEnded();
        int spares = scheduler.spares();
        round.release();
        return new Round(waited, during, spares, scheduler.reports() > reports);
    }

    static List<String> command(FreezeCase frozen, Scheduling scheduling, int hubs, int rounds) {
        return List.of(
                FreezeProbe.class.getName(),
                frozen.word(),
                scheduling.word(),
                String.valueOf(hubs),
                String.valueOf(rounds));
    }
}
