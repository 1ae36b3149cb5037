@NullMarked
package dev.treadle.gate;

import org.jspecify.annotations.NullMarked;
