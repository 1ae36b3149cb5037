/**
 * The agent. These classes are on the class path of the application, by a rule of the JVM, and
 * nothing else of Treadle is: the core and the adapters are in class loaders of their own.
 */
@NullMarked
package dev.treadle.agent;

import org.jspecify.annotations.NullMarked;
