@NullMarked
package dev.treadle.bench.process;

import org.jspecify.annotations.NullMarked;
