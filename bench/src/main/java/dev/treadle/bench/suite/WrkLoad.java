package dev.treadle.bench.suite;

import java.time.Duration;
import java.util.List;

/**
 * The load that wrk makes.
 *
 * @param threads of wrk
 * @param connections one case for each
 * @param warmUp not measured, shared by all cases
 * @param duration measured, for each case
 */
public record WrkLoad(int threads, List<Integer> connections, Duration warmUp, Duration duration) {}
