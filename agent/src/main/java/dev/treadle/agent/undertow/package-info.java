/**
 * The part of the agent that installs workers in Undertow, beside the adapter and below Undertow's
 * loader.
 */
@NullMarked
package dev.treadle.agent.undertow;

import org.jspecify.annotations.NullMarked;
