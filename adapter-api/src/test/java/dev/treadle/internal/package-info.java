@NullMarked
package dev.treadle.internal;

import org.jspecify.annotations.NullMarked;
