@NullMarked
package dev.treadle.bench.micronaut;

import org.jspecify.annotations.NullMarked;
