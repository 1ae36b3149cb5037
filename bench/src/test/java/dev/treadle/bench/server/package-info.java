@NullMarked
package dev.treadle.bench.server;

import org.jspecify.annotations.NullMarked;
