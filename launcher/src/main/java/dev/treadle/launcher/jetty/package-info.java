/**
 * Jetty as a {@link dev.treadle.launcher.host.ContainerHost}; loaded with Jetty's own class loader.
 */
@NullMarked
package dev.treadle.launcher.jetty;

import org.jspecify.annotations.NullMarked;
