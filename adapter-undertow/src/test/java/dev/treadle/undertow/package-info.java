@NullMarked
package dev.treadle.undertow;

import org.jspecify.annotations.NullMarked;
