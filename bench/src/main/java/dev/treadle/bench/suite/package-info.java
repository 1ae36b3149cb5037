/** The benchmarks, their contenders, and the campaign that takes them through the rounds. */
@NullMarked
package dev.treadle.bench.suite;

import org.jspecify.annotations.NullMarked;
