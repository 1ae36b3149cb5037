/** The results of measurements: statistics, table, JSON and chart. */
@NullMarked
package dev.treadle.bench.report;

import org.jspecify.annotations.NullMarked;
