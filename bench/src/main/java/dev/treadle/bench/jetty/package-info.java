/** Jetty as a benchmark server. */
@NullMarked
package dev.treadle.bench.jetty;

import org.jspecify.annotations.NullMarked;
