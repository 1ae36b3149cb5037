package dev.treadle.tck;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A part of the contract that is about the gate or the container, and nothing of it depends on what
 * carries the hubs or polls sockets: it is not run a second time in a class that is {@link
 * HubLoopOff} or {@link HubSocketsOn}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@interface SameWithoutLoops {}
