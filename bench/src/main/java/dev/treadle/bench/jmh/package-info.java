/** What a hub's slice and its queue cost, by JMH, without a server around them. */
@NullMarked
package dev.treadle.bench.jmh;

import org.jspecify.annotations.NullMarked;
