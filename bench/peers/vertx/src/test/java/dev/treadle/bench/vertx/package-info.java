@NullMarked
package dev.treadle.bench.vertx;

import org.jspecify.annotations.NullMarked;
