/** The contract of the adapters, run through a WAR and the launcher's containers. */
@NullMarked
package dev.treadle.it.contract;

import org.jspecify.annotations.NullMarked;
