/**
 * The things that the launcher gives to a web application besides its container: users, JNDI
 * entries, and the order of its classes. Start at {@link
 * dev.treadle.launcher.provision.Provisions}.
 */
@NullMarked
package dev.treadle.launcher.provision;

import org.jspecify.annotations.NullMarked;
