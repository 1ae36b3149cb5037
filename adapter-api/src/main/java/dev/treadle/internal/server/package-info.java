/**
 * The side of the workers that their server sees. Public for the packages of this project only:
 * anything here may change in any release.
 */
@NullMarked
package dev.treadle.internal.server;

import org.jspecify.annotations.NullMarked;
