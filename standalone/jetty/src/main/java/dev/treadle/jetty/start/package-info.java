/** The module {@code gevent} of a standalone Jetty. Jetty itself loads what is in here. */
@NullMarked
package dev.treadle.jetty.start;

import org.jspecify.annotations.NullMarked;
