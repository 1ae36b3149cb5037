/**
 * The Spring Boot applications, started as users start them: how long that takes, and what a burst
 * does.
 */
@NullMarked
package dev.treadle.bench.boot;

import org.jspecify.annotations.NullMarked;
