/**
 * The commands of {@code bench/run}: each benchmark is a subcommand. Start with {@link
 * dev.treadle.bench.command.Main}.
 */
@NullMarked
package dev.treadle.bench.command;

import org.jspecify.annotations.NullMarked;
