/**
 * Undertow as a {@link dev.treadle.launcher.host.ContainerHost}; loaded with Undertow's own class
 * loader.
 */
@NullMarked
package dev.treadle.launcher.undertow;

import org.jspecify.annotations.NullMarked;
