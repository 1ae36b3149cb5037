@NullMarked
package dev.treadle;

import org.jspecify.annotations.NullMarked;
