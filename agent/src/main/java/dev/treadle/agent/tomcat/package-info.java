/**
 * The part of the agent that installs workers in Tomcat, beside the adapter and below Tomcat's
 * loader.
 */
@NullMarked
package dev.treadle.agent.tomcat;

import org.jspecify.annotations.NullMarked;
