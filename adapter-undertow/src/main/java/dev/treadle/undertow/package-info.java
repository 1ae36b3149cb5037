/** Treadle for Undertow 2.3. Start at {@link dev.treadle.undertow.UndertowWorkers}. */
@NullMarked
package dev.treadle.undertow;

import org.jspecify.annotations.NullMarked;
