/** Micronaut as a server of the benchmarks. */
@NullMarked
package dev.treadle.bench.micronaut;

import org.jspecify.annotations.NullMarked;
