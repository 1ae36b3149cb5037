@NullMarked
package dev.treadle.spi;

import org.jspecify.annotations.NullMarked;
