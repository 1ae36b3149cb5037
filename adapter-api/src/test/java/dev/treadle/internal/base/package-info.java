@NullMarked
package dev.treadle.internal.base;

import org.jspecify.annotations.NullMarked;
