/**
 * The gate itself: the requests inside, those in the queue, and the ways to end one from outside.
 * Public for the packages of this project only: anything here may change in any release.
 */
@NullMarked
package dev.treadle.internal.gate;

import org.jspecify.annotations.NullMarked;
