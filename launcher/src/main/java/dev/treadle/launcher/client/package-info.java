/** Commands that look at a server that runs, and change it: {@code treadle top} and its kin. */
@NullMarked
package dev.treadle.launcher.client;

import org.jspecify.annotations.NullMarked;
