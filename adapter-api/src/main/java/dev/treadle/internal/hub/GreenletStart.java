package dev.treadle.internal.hub;

/** A slice that makes a greenlet: it belongs to none before it runs. */
public interface GreenletStart extends Runnable {}
