@NullMarked
package dev.treadle.internal.gate;

import org.jspecify.annotations.NullMarked;
