@NullMarked
package dev.treadle.bench.report;

import org.jspecify.annotations.NullMarked;
