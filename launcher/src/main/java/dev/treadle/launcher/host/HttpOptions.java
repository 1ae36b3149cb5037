package dev.treadle.launcher.host;

import org.jspecify.annotations.Nullable;

/**
 * How a server treats requests and connections, beside its addresses and its content.
 *
 * @param sink is told of each request that is over; null: nobody asks, and nothing is measured
 */
public record HttpOptions(@Nullable RequestSink sink) {}
