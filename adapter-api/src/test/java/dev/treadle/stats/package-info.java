@NullMarked
package dev.treadle.stats;

import org.jspecify.annotations.NullMarked;
