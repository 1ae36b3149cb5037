/**
 * What is of Boot 3.5 alone: web server factories and health, whose classes are elsewhere on the
 * other line.
 */
@NullMarked
package dev.treadle.boot.v3;

import org.jspecify.annotations.NullMarked;
