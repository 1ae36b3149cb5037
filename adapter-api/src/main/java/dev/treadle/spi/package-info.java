/**
 * What an adapter for a servlet container implements, and how a host finds the adapter for the
 * container it holds. Start at {@link dev.treadle.spi.ContainerAdapters}.
 */
@NullMarked
package dev.treadle.spi;

import org.jspecify.annotations.NullMarked;
