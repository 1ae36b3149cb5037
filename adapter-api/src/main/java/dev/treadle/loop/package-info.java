/**
 * How the event loop of a container carries a hub: loop and greenlets on one OS thread, as in
 * gevent. For adapters; it stands below all else and knows nothing of Treadle.
 */
@NullMarked
package dev.treadle.loop;

import org.jspecify.annotations.NullMarked;
