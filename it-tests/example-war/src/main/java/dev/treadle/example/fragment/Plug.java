package dev.treadle.example.fragment;

/** Implemented by classes of an application that {@link PlugInitializer} is to find. */
public interface Plug {}
