/** The launcher as users have it: real processes, real WARs, real HTTP. */
@NullMarked
package dev.treadle.it;

import org.jspecify.annotations.NullMarked;
