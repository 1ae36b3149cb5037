/**
 * The part of the agent that installs workers in Jetty, beside the adapter and below Jetty's
 * loader.
 */
@NullMarked
package dev.treadle.agent.jetty;

import org.jspecify.annotations.NullMarked;
