/**
 * Probes that show which kinds of waiting block a hub, and for how long: {@code bench/run blocking}
 * and {@code bench/run freeze}. Each case runs in a JVM of its own, which is ended when it hangs.
 */
@NullMarked
package dev.treadle.bench.blocking;

import org.jspecify.annotations.NullMarked;
