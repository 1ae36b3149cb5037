/**
 * The cooperative scheduler: hubs, their carriers, timers and watch, and the parts of the JDK that
 * they need. Public for the packages of this project only: anything here may change in any release.
 * Start at {@link dev.treadle.internal.hub.Hub}.
 */
@NullMarked
package dev.treadle.internal.hub;

import org.jspecify.annotations.NullMarked;
