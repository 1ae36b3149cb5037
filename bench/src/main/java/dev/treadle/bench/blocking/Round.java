package dev.treadle.bench.blocking;

import java.util.Optional;

/**
 * The observations of one round. Its text is one line that one process sends to another.
 *
 * @param waitedNanos from the begin of the block until the other greenlet ran
 * @param during whether that was before the block ended
 * @param spares how many carriers there were then beyond one a hub
 * @param reported whether the watch reported the slice
 */
record Round(long waitedNanos, boolean during, int spares, boolean reported) {
    private static final String WORD = "ROUND";

    @Override
    public String toString() {
        return WORD + " " + waitedNanos + " " + during + " " + spares + " " + reported;
    }

    static Optional<Round> parse(String line) {
        String[] words = line.split(" ");
        return words.length == 5 && words[0].equals(WORD)
                ? Optional.of(
                        new Round(
                                Long.parseLong(words[1]),
                                Boolean.parseBoolean(words[2]),
                                Integer.parseInt(words[3]),
                                Boolean.parseBoolean(words[4])))
                : Optional.empty();
    }

    double waitedMillis() {
        return waitedNanos / 1e6;
    }
}
