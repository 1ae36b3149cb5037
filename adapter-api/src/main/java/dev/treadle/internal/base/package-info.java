/**
 * Small things that several packages need: durations, path patterns and the text of clients, read
 * and written, and threads that keep nothing of an application. This package stands below all
 * others. Public for the packages of this project only: anything here may change in any release.
 */
@NullMarked
package dev.treadle.internal.base;

import org.jspecify.annotations.NullMarked;
