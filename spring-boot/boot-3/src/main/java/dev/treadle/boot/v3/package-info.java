/**
 * The parts for Boot 3.5 only: web server factories and health, whose classes have other packages
 * on the other line.
 */
@NullMarked
package dev.treadle.boot.v3;

import org.jspecify.annotations.NullMarked;
