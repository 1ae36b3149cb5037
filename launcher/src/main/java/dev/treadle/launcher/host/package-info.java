/**
 * The types that the launcher and the containers share. Start at {@link
 * dev.treadle.launcher.host.ContainerHost}. Each container lives in a class loader of its own,
 * which {@link dev.treadle.launcher.host.ContainerKind} makes.
 */
@NullMarked
package dev.treadle.launcher.host;

import org.jspecify.annotations.NullMarked;
