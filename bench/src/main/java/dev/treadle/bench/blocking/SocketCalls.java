package dev.treadle.bench.blocking;

import java.util.Optional;

/**
 * The 99th percentile of calls over a socket. Its text is one line between two processes.
 *
 * @param quietMillis of calls during which no hub was held
 * @param heldMillis of calls during which another hub was held
 */
record SocketCalls(double quietMillis, double heldMillis) {
    private static final String WORD = "CALLS";

    double ratio() {
        return heldMillis / quietMillis;
    }

    @Override
    public String toString() {
        return WORD + " " + quietMillis + " " + heldMillis;
    }

    static Optional<SocketCalls> parse(String line) {
        String[] words = line.split(" ");
        return words.length == 3 && words[0].equals(WORD)
                ? Optional.of(
                        new SocketCalls(Double.parseDouble(words[1]), Double.parseDouble(words[2])))
                : Optional.empty();
    }
}
