/**
 * The contract that every adapter must pass, on every version of its container and for every worker
 * model. Start at {@link dev.treadle.tck.WorkersContract}: an adapter's test subclasses it and says
 * how to start its server.
 */
@NullMarked
package dev.treadle.tck;

import org.jspecify.annotations.NullMarked;
