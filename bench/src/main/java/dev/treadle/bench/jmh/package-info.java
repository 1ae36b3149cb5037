/**
 * The cost of a hub's slice, of its queue and of the gate, by JMH, without a server around them.
 */
@NullMarked
package dev.treadle.bench.jmh;

import org.jspecify.annotations.NullMarked;
