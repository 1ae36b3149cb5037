/**
 * The rules of the house, checked over all modules: the format of the sources, the dependencies
 * between modules, and the documentation, whose snippets and settings are those of the code.
 */
@NullMarked
package dev.treadle.it.house;

import org.jspecify.annotations.NullMarked;
