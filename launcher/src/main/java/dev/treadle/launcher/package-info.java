/**
 * The {@code treadle} command. Start at {@link dev.treadle.launcher.Main}; {@link
 * dev.treadle.launcher.TreadleCommand} is the command line.
 *
 * <p>The containers are used through {@link dev.treadle.launcher.host.ContainerHost}. The packages
 * {@code tomcat}, {@code jetty} and {@code undertow} below this one are not in the launcher's jar,
 * but next to the jars of each container.
 */
@NullMarked
package dev.treadle.launcher;

import org.jspecify.annotations.NullMarked;
