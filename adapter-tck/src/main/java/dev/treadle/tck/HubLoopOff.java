package dev.treadle.tck;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a subclass of {@link WorkersContract}: the contract for hubs that have threads of their own,
 * so for gevent only, with hub-loop off.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface HubLoopOff {}
