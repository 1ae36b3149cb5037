/**
 * The servers of the benchmarks, each in a JVM of its own, and the application that all of them
 * run. Start with {@link dev.treadle.bench.server.BenchServer}.
 */
@NullMarked
package dev.treadle.bench.server;

import org.jspecify.annotations.NullMarked;
