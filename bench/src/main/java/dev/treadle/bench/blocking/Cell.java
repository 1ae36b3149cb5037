package dev.treadle.bench.blocking;

import dev.treadle.bench.report.Spread;

import java.util.List;
import java.util.Locale;

/** The effect of one case on a hub, in a few words. */
final class Cell {
    private Cell() {}

    static String of(ProbeProcess probe) {
        List<Round> rounds =
                probe.lines().stream().flatMap(line -> Round.parse(line).stream()).toList();
        // ended in the middle: the case is slow here, rather than frozen
        if (rounds.isEmpty()) {
            return "**hangs**";
        }
        boolean during = most(rounds.stream().map(Round::during).toList());
        double spares =
                Spread.of(rounds.stream().map(round -> (double) round.spares()).toList())
                        .orElseThrow()
                        .median();
        boolean reported = most(rounds.stream().map(Round::reported).toList());
        return (during ? "" : "**held** ")
                + millis(rounds)
                + (spares < 1 ? "" : String.format(Locale.ROOT, ", %.0f spare", spares))
                + (reported ? ", reported" : "");
    }

    private static boolean most(List<Boolean> rounds) {
        return rounds.stream().filter(each -> each).count() * 2 > rounds.size();
    }

    private static String millis(List<Round> rounds) {
        double median =
                Spread.of(rounds.stream().map(Round::waitedMillis).toList()).orElseThrow().median();
        return String.format(Locale.ROOT, median < 10 ? "%.1f ms" : "%.0f ms", median);
    }
}
