package dev.treadle.bench.client;

/**
 * Clients that each send the next request when they have the answer to the last one.
 *
 * @param port of the server
 * @param path what is asked for
 * @param connections how many clients
 * @param requests of all of them together
 * @param connectFirst whether connecting comes before what is measured
 */
public record ClosedLoad(
        int port, String path, int connections, int requests, boolean connectFirst) {}
