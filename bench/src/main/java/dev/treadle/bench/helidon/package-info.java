/** Helidon SE, a server without a servlet container, as a benchmark server. */
@NullMarked
package dev.treadle.bench.helidon;

import org.jspecify.annotations.NullMarked;
