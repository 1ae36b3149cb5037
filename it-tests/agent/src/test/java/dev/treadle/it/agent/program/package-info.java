/** The programs that the agent is tried with. They run in JVMs of their own. */
@NullMarked
package dev.treadle.it.agent.program;

import org.jspecify.annotations.NullMarked;
