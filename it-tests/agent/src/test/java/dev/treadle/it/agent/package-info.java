/** Tests of the agent: it is an option of processes that know nothing of Treadle. */
@NullMarked
package dev.treadle.it.agent;

import org.jspecify.annotations.NullMarked;
