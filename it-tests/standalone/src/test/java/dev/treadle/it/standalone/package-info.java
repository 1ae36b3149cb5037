/** Standalone servers as their makers distribute them, with the one jar and the one line. */
@NullMarked
package dev.treadle.it.standalone;

import org.jspecify.annotations.NullMarked;
