/** The part of the agent that reads the settings and opens workers, beside the core. */
@NullMarked
package dev.treadle.agent.core;

import org.jspecify.annotations.NullMarked;
