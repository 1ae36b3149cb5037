/**
 * The parts for Boot 4 only: web server factories and health, whose classes have other packages on
 * the other line.
 */
@NullMarked
package dev.treadle.boot.v4;

import org.jspecify.annotations.NullMarked;
