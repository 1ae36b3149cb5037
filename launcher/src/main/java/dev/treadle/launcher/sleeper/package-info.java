/**
 * The demo's servlet: it sleeps. It is packed beside each container, whose servlet API it is loaded
 * with.
 */
@NullMarked
package dev.treadle.launcher.sleeper;

import org.jspecify.annotations.NullMarked;
