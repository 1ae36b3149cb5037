/**
 * What uses the servlet API: the demo's servlet, which sleeps, and the defaults for JSPs. It is
 * packed beside each container, whose servlet API it is loaded with.
 */
@NullMarked
package dev.treadle.launcher.sleeper;

import org.jspecify.annotations.NullMarked;
