package dev.treadle.bench.command;

import dev.treadle.bench.client.SlowParty;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.Duration;

/**
 * A handler of the benchmarks' server, and the third party that it asks.
 *
 * @param path of its requests
 * @param party null: it asks none
 */
record Handler(String path, @Nullable SlowParty party) implements AutoCloseable {
    /** Returns the one that answers 13 bytes at once. */
    static Handler fast() {
        return new Handler("/fast", null);
    }

    /** Returns the one that asks a third party over a socket, which answers after {@code delay}. */
    static Handler upstream(Duration delay) throws IOException {
        SlowParty party = new SlowParty();
        return new Handler(
                "/upstream?port=%d&ms=%d".formatted(party.port(), delay.toMillis()), party);
    }

    /** Ends the third party. */
    @Override
    public void close() {
        if (party != null) {
            party.close();
        }
    }
}
