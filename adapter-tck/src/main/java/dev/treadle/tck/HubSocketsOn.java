package dev.treadle.tck;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a subclass of {@link WorkersContract}: the contract for hubs that poll the sockets of their
 * greenlets, so for gevent only, with hub-sockets on. It needs JDK 24 or newer.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface HubSocketsOn {}
