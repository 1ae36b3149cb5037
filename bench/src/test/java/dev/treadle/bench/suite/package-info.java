@NullMarked
package dev.treadle.bench.suite;

import org.jspecify.annotations.NullMarked;
