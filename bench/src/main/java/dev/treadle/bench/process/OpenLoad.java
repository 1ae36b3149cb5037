package dev.treadle.bench.process;

/**
 * Requests at a fixed rate, and hogs.
 *
 * @param path what is asked for
 * @param rate requests a second
 * @param connections over how many connections
 * @param hogPath what the hogs ask for
 */
public record OpenLoad(String path, int rate, int connections, String hogPath) {}
