/** The address of {@code --stats}: what the workers do, for people, monitors and load balancers. */
@NullMarked
package dev.treadle.launcher.stats;

import org.jspecify.annotations.NullMarked;
