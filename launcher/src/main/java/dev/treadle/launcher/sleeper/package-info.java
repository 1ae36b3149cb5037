/**
 * Classes that use the servlet API: the demo's servlet, which sleeps, and the defaults for JSPs.
 * They are packed next to each container, and loaded with its servlet API.
 */
@NullMarked
package dev.treadle.launcher.sleeper;

import org.jspecify.annotations.NullMarked;
