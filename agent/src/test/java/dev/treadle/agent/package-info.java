/** Tests of parts of the agent; the whole of it is tested in {@code it-tests/agent}. */
@NullMarked
package dev.treadle.agent;

import org.jspecify.annotations.NullMarked;
