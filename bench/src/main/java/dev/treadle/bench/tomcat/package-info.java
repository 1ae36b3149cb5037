/** Tomcat as a benchmark server. */
@NullMarked
package dev.treadle.bench.tomcat;

import org.jspecify.annotations.NullMarked;
