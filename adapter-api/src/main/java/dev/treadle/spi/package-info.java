/**
 * The interfaces that an adapter for a servlet container implements, and the lookup by which a host
 * finds the adapter for its container. Start at {@link dev.treadle.spi.ContainerAdapters}.
 */
@NullMarked
package dev.treadle.spi;

import org.jspecify.annotations.NullMarked;
