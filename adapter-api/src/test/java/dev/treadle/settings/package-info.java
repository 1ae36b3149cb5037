@NullMarked
package dev.treadle.settings;

import org.jspecify.annotations.NullMarked;
