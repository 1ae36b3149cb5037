/**
 * A deployer of WARs for Undertow: {@link dev.treadle.undertow.war.UndertowWar} is its entry. It
 * unpacks the WAR, reads what is in it with parsers of others, and translates that into the
 * deployment of Undertow.
 */
@NullMarked
package dev.treadle.undertow.war;

import org.jspecify.annotations.NullMarked;
