/** Undertow as a benchmark server. */
@NullMarked
package dev.treadle.bench.undertow;

import org.jspecify.annotations.NullMarked;
