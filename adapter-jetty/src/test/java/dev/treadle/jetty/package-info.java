/** The contract of all adapters on Jetty, and what only Jetty has. */
@NullMarked
package dev.treadle.jetty;

import org.jspecify.annotations.NullMarked;
