/**
 * Tomcat as a {@link dev.treadle.launcher.host.ContainerHost}; loaded with Tomcat's own class
 * loader.
 */
@NullMarked
package dev.treadle.launcher.tomcat;

import org.jspecify.annotations.NullMarked;
