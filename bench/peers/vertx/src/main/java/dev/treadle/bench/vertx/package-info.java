/** Vert.x as a server of the benchmarks. */
@NullMarked
package dev.treadle.bench.vertx;

import org.jspecify.annotations.NullMarked;
