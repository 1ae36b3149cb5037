/** The main class of a benchmark server's JVM. */
@NullMarked
package dev.treadle.bench.server;

import org.jspecify.annotations.NullMarked;
