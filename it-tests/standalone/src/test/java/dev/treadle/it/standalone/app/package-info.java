/** The application of these tests, which runs in the servers. */
@NullMarked
package dev.treadle.it.standalone.app;

import org.jspecify.annotations.NullMarked;
