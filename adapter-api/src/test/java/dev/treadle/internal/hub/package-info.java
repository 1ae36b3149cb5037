@NullMarked
package dev.treadle.internal.hub;

import org.jspecify.annotations.NullMarked;
