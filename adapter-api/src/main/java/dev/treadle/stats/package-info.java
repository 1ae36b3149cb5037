/**
 * Figures and reports of the workers: immutable values, each of one moment. Start at {@link
 * dev.treadle.stats.WorkerStats}.
 */
@NullMarked
package dev.treadle.stats;

import org.jspecify.annotations.NullMarked;
