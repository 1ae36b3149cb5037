/**
 * The engines that run tasks, and the hub. Public for the packages of this project only: anything
 * here may change in any release. Start at {@link dev.treadle.internal.engine.Engine}.
 */
@NullMarked
package dev.treadle.internal.engine;

import org.jspecify.annotations.NullMarked;
