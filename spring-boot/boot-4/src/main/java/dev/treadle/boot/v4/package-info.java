/**
 * What is of Boot 4 alone: web server factories and health, whose classes are elsewhere on the
 * other line.
 */
@NullMarked
package dev.treadle.boot.v4;

import org.jspecify.annotations.NullMarked;
