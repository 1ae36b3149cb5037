@NullMarked
package dev.treadle.internal.engine;

import org.jspecify.annotations.NullMarked;
