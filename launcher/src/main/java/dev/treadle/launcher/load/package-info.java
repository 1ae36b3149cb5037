/**
 * The clients of the demo and of the benchmarks. Start with {@link
 * dev.treadle.launcher.load.ClosedLoop}. Not API: the launcher is a command.
 */
@NullMarked
package dev.treadle.launcher.load;

import org.jspecify.annotations.NullMarked;
