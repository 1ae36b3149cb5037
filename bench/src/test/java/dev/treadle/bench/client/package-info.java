@NullMarked
package dev.treadle.bench.client;

import org.jspecify.annotations.NullMarked;
