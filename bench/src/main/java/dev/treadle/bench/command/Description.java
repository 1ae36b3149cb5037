package dev.treadle.bench.command;

import java.util.List;
import java.util.Map;

/**
 * How a benchmark measures.
 *
 * @param title what is measured, in half a line
 * @param variants the cases that each server is measured in
 * @param contenders if the user names none
 * @param heap of the servers, the same for all, such as {@code 1g}
 * @param circumstances what a reader has to know besides, by name
 */
record Description(
        String title,
        List<String> variants,
        List<String> contenders,
        String heap,
        Map<String, String> circumstances) {
    /** One of each kind, and the peer without a container. */
    static final List<String> ALL_CONTENDERS =
            List.of(
                    "gevent",
                    "threads",
                    "virtual",
                    "pool",
                    "own-virtual",
                    "own-virtual-pool",
                    "helidon");
}
