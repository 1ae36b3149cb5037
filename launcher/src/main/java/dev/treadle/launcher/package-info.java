/**
 * The {@code treadle} command. Start at {@link dev.treadle.launcher.Main}; {@link
 * dev.treadle.launcher.TreadleCommand} is the command line.
 *
 * <p>The containers are behind {@link dev.treadle.launcher.host.ContainerHost}: the packages {@code
 * tomcat}, {@code jetty} and {@code undertow} below this one are not in the launcher's jar, but
 * beside each container's own.
 */
@NullMarked
package dev.treadle.launcher;

import org.jspecify.annotations.NullMarked;
