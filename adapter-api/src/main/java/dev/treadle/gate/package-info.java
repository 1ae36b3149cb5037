/**
 * The gate as an adapter sees it: it brings requests there, and gets a permit or an answer back.
 * Start at {@link dev.treadle.gate.Gate}. For adapters; a user needs nothing of it.
 */
@NullMarked
package dev.treadle.gate;

import org.jspecify.annotations.NullMarked;
