/** Commands that look at a server that runs, and change it, such as {@code treadle top}. */
@NullMarked
package dev.treadle.launcher.client;

import org.jspecify.annotations.NullMarked;
