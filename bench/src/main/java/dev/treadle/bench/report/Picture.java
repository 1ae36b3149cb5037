package dev.treadle.bench.report;

/**
 * A picture of the results.
 *
 * @param part what it shows of them, for the name of its file; empty: all
 * @param svg the picture
 */
public record Picture(String part, String svg) {}
