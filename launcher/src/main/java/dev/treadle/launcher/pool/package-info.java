/** The pool of connections of a data source, in a class loader of its own. */
@NullMarked
package dev.treadle.launcher.pool;

import org.jspecify.annotations.NullMarked;
