/**
 * Classes that use the servlet API: the demo's servlet, which sleeps, and the defaults for JSPs.
 * They are packed beside each container, whose servlet API they are loaded with.
 */
@NullMarked
package dev.treadle.launcher.sleeper;

import org.jspecify.annotations.NullMarked;
