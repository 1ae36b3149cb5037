/**
 * Events for the JDK Flight Recorder, behind one class that works without the module {@code
 * jdk.jfr} too. Public for the packages of this project only: anything here may change in any
 * release.
 */
@NullMarked
package dev.treadle.internal.jfr;

import org.jspecify.annotations.NullMarked;
