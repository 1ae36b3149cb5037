@NullMarked
package dev.treadle.bench.boot;

import org.jspecify.annotations.NullMarked;
