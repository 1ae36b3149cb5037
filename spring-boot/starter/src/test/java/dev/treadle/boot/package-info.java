@NullMarked
package dev.treadle.boot;

import org.jspecify.annotations.NullMarked;
