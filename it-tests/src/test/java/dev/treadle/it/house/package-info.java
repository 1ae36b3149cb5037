/**
 * The rules of the house, checked over all modules: how sources are formatted, and who may know
 * whom.
 */
@NullMarked
package dev.treadle.it.house;

import org.jspecify.annotations.NullMarked;
