@NullMarked
package dev.treadle.internal.jfr;

import org.jspecify.annotations.NullMarked;
