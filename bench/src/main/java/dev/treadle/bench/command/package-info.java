/** The command of {@code bench/run}. */
@NullMarked
package dev.treadle.bench.command;

import org.jspecify.annotations.NullMarked;
