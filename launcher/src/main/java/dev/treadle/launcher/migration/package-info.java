/** The conversion of WARs made for {@code javax.servlet}, in a class loader of its own. */
@NullMarked
package dev.treadle.launcher.migration;

import org.jspecify.annotations.NullMarked;
