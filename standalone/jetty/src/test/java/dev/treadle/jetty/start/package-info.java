/** Tests of the modules; it-tests/standalone runs them in Jetty. */
@NullMarked
package dev.treadle.jetty.start;

import org.jspecify.annotations.NullMarked;
